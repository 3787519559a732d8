/** What a Resize changes, as its kernels see it. */
import { hostArray, type DType, type HostArray } from '../../core/dtype.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import { result, required, type CallOperand, type LowerContext } from '../definition.ts';
import { resizeSteps, type ResizeStep } from '../../ir/shapes/resize.ts';
import { givenInts } from './constants.ts';

/** The axes that a node changes, outermost first; none where nothing is made, for then nothing is to be read. */
export function stepsOf(context: LowerContext<'Resize'>): ResizeStep[] {
  if (result(context).shape.includes(0)) return [];
  const listOf = (index: number): number[] | undefined => {
    const list = givenInts(context, index);
    return list?.length === 0 ? undefined : list;
  };
  const targets = { scales: listOf(1), sizes: listOf(2), roi: listOf(3) };
  return resizeSteps(context.node.attributes, required(context, 0).shape, targets);
}

/** What the kernels know of an axis. */
export type ChangedAxis = Pick<ResizeStep, 'input' | 'output' | 'window' | 'spacing' | 'table'>;

/** An axis of one element. */
export const SINGLE: ChangedAxis = {
  input: 1,
  output: 1,
  window: 1,
  spacing: 0,
  table: {
    firsts: Uint32Array.of(0),
    counts: Uint32Array.of(1),
    weights: Float32Array.of(1),
    outside: [],
  },
};

/** A table for a kernel, which `fill` writes when it is uploaded. */
export function uploadedTable(dtype: DType, length: number, fill: (data: HostArray) => void): CallOperand {
  const make = (): HostArray => {
    const data = hostArray(dtype, length);
    fill(data);
    return data;
  };
  return { kind: 'constant', tensor: lazyTensor(dtype, [length], make) };
}
