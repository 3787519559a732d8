/** Tensors made of extents, and the number of elements. */
import { tensorOf } from '../../../../core/tensor.ts';
import { sizeOf } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { tensorFromProto } from '../../tensor.ts';
import { SHAPE } from './shape.ts';

export function size(n: OnnxNode): string {
  return sizeOf(n, n.input(0));
}

export function constantOfShape(n: OnnxNode): string {
  const value = n.attr.tensor('value');
  const clamped = () => void n.context.clamped.add(n.outputs[0] ?? '');
  const filler = value ? tensorFromProto(value, n.context.file, clamped) : tensorOf('float32', [1], [0]);
  const [element] = filler.data;
  if (element === undefined || filler.data.length !== 1) n.fail('value must hold one element');
  return n.one('ConstantOfShape', [n.input(0)], { dtype: filler.dtype, value: element });
}

export function range(n: OnnxNode): string {
  return n.one('Range', [n.input(0), n.input(1), n.input(2)], {});
}

/**
 * A Dropout that is told whether it trains: it passes its data through where it does not, or drops none of it. What is fed
 * decides that before anything is compiled.
 */
export function trainedDropout(n: OnnxNode): string | readonly string[] {
  const [training, ratio] = [n.input(2), n.optional(1)];
  const [flag, share] = [n.constantInput(2)?.data[0], ratio === '' ? 0.5 : n.constantInput(1)?.data[0]];
  if (flag === 0 || share === 0) return SHAPE.Dropout(n);
  const lack = 'training_mode = 1';
  if (flag !== undefined && share !== undefined) n.refuse(lack);
  const zero = n.scalar(n.facts(1).dtype ?? 'float32', 0);
  const drops = share === undefined ? n.binary('and', training, n.binary('notEqual', ratio, zero)) : training;
  const { name: node, op } = n.source;
  const [, ...mask] = SHAPE.Dropout(n);
  return [n.one('If', [drops, '', n.input(0)], { missing: [{ node, op, what: lack }] }), ...mask];
}

// Of the same file, for a page to load: few models have either.
export { blackmanWindow, dft, hammingWindow, hannWindow, melWeightMatrix, stft } from './signal.ts';
