/** Tensors made of extents, and the number of elements. */
import { tensorOf } from '../../../../core/tensor.ts';
import { sizeOf } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { tensorFromProto } from '../../tensor.ts';

export function size(n: OnnxNode): string {
  return sizeOf(n, n.input(0));
}

export function constantOfShape(n: OnnxNode): string {
  const value = n.attr.tensor('value');
  const filler = value ? tensorFromProto(value, n.context.file) : tensorOf('float32', [1], [0]);
  const [element] = filler.data;
  if (element === undefined || filler.data.length !== 1) n.fail('value must hold one element');
  return n.one('ConstantOfShape', [n.input(0)], { dtype: filler.dtype, value: element });
}

export function range(n: OnnxNode): string {
  return n.one('Range', [n.input(0), n.input(1), n.input(2)], {});
}

// Of the same file, for a page to load: few models have either.
export { blackmanWindow, dft, hammingWindow, hannWindow, melWeightMatrix, stft } from './signal.ts';
