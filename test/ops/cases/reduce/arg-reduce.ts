/** Cases of the ArgReduce operator: ties, NaN, each axis. */
import type { Shape } from '../../../../src/core/tensor.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

const argReduce = (
  kind: 'max' | 'min',
  input: CaseInput,
  axis: number,
  keepDims = false,
  dtype: 'int32' | 'int64' = 'int64',
): OpCase<'ArgReduce'> => ({
  name: `${kind} of ${input.dtype ?? 'float32'} [${input.shape.join(', ')}] along ${axis}${keepDims ? ', kept' : ''} as ${dtype}`,
  op: 'ArgReduce',
  inputs: [input],
  attributes: { kind, axis, keepDims, last: false, dtype },
});

const float = (shape: Shape): CaseInput => ({ shape });
/** Few distinct values, so that there are ties. */
const tied = (shape: Shape): CaseInput => ({ dtype: 'int32', shape, low: -2, high: 2 });

const last = (
  kind: 'max' | 'min',
  input: CaseInput,
  axis: number,
  keepDims = false,
  noOracle?: string,
): OpCase<'ArgReduce'> => {
  const c = argReduce(kind, input, axis, keepDims);
  const attributes = { ...c.attributes, last: true };
  return { ...c, name: `last ${c.name}`, attributes, ...(noOracle ? { noOracle } : {}) };
};

export const argReduceCases: readonly OpCase<'ArgReduce'>[] = [
  argReduce('max', float([7]), 0),
  argReduce('min', float([7]), 0, true),
  argReduce('max', float([3, 5, 7]), 1),
  argReduce('min', float([3, 5, 7]), -1, true),
  argReduce('max', float([2, 3, 5, 21]), 3, false),
  argReduce('max', float([1000]), 0),
  argReduce('max', tied([5, 17]), 1),
  argReduce('min', tied([5, 17]), 0),
  argReduce('max', { dtype: 'uint8', shape: [3, 7], low: 0, high: 255 }, 1),
  argReduce('max', float([0, 3]), 1),
  { ...argReduce('max', float([3, 5]), 1, false, 'int32'), noOracle: 'ONNX gives int64 only' },
  argReduce('max', { shape: [2, 4], values: [1, NaN, 3, NaN, -Infinity, -Infinity, Infinity, Infinity] }, 1),
  ...(['max', 'min'] as const).flatMap((kind) =>
    [0, 1].map((axis) => argReduce(kind, { shape: [3, 3], values: [NaN, 2, 9, 1, NaN, NaN, NaN, NaN, NaN] }, axis)),
  ),
  {
    ...argReduce('min', { dtype: 'uint32', shape: [3], values: [4294967295, 1, 1] }, 0),
    noOracle: 'onnxruntime has no ArgMin of uint32',
  },
  last('max', tied([5, 17]), 1),
  last('min', tied([5, 17]), 0, true),
  last('max', tied([3, 5, 7]), -2),
  last('max', { shape: [3, 7], values: range(21).map((i) => (i * 5) % 3) }, 1),
  last('min', { shape: [3, 7], values: range(21).map((i) => (i * 5) % 3) }, 0, true),
  last('max', { dtype: 'uint8', shape: [3, 7], low: 0, high: 3 }, 1),
  last('max', { dtype: 'int8', shape: [3, 7], low: -2, high: 2 }, 1),
  last('max', float([0, 3]), 1),
  last('max', { shape: [1, 3], values: [2, 2, 2] }, 0),
  ...(['max', 'min'] as const).flatMap((kind) =>
    [0, 1].map((axis) => last(kind, { shape: [3, 3], values: [NaN, 2, 2, 1, NaN, 1, NaN, NaN, NaN] }, axis)),
  ),
];
