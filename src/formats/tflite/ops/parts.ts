/** Translations of operators that cut tensors, stack them, and take them apart. */
import { gatherBlocks, spreadBlocks } from '../../lib/composites.ts';
import { packOf, split as splitOf, unpackOf } from '../../lib/tensorflow/parts.ts';
import { stridedSliceOf } from '../../lib/tensorflow/slice.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';

export { batchToSpace, spaceToBatch } from '../../lib/tensorflow/blocks.ts';
export { splitV } from '../../lib/tensorflow/parts.ts';
export { slice } from '../../lib/tensorflow/slice.ts';

export const stridedSlice: TfliteTranslation = (c) => {
  const options = c.options('StridedSlice');
  if (options.offset) c.refuse('ends that count from the begins');
  // Where an entry takes one element, TensorFlow passes over its begin mask, and TensorFlow Lite does not.
  const first = options.beginMask & options.shrinkAxisMask;
  return stridedSliceOf(c, {
    begin: options.beginMask,
    end: options.endMask,
    ellipsis: options.ellipsisMask,
    newAxis: options.newAxisMask,
    shrinkAxis: options.shrinkAxisMask,
    first,
  });
};

export const pack: TfliteTranslation = (c) => packOf(c, c.options('Pack').axis);

/** How many results there are is said twice. */
function partsOf(c: OperatorContext, count: number): number {
  return count === c.outputCount ? count : c.fail(`gives ${c.outputCount} results, its options say ${count}`);
}

export const unpack: TfliteTranslation = (c) => {
  const { num, axis } = c.options('Unpack');
  return unpackOf(c, axis, partsOf(c, num));
};

export const split: TfliteTranslation = (c) => splitOf(c, partsOf(c, c.options('Split').numSplits));

function blockSize(c: OperatorContext, size: number): number {
  return size > 0 ? size : c.fail(`has a block size of ${size}`);
}

export const depthToSpace: TfliteTranslation = (c) =>
  spreadBlocks(c, c.input(0), blockSize(c, c.options('DepthToSpace').blockSize));

export const spaceToDepth: TfliteTranslation = (c) =>
  gatherBlocks(c, c.input(0), blockSize(c, c.options('SpaceToDepth').blockSize));
