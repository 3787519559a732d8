/** Translations of operators that regroup pixels: space ↔ batch and depth → space. */
import { spreadBlocks } from '../../../../lib/composites.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';

export { batchToSpace, spaceToBatch } from '../../../../lib/tensorflow/blocks.ts';

function depthBlock(c: NodeContext): number {
  const layout = c.attr.string('data_format', 'NHWC');
  const block = c.attr.int('block_size', 0);
  if (layout !== 'NHWC') c.refuse(`data_format ${layout}`);
  if (block < 1) c.refuse(`block_size ${block}`);
  return block;
}

export const depthToSpace: GraphTranslation = (c) => spreadBlocks(c, c.input(0), depthBlock(c));
