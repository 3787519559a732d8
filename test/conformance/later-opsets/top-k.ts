/** TopK of opset 24, which takes bfloat16; integers of 8 to 64 bits, ties, and what is no number. */
import { FLOATS, type DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

interface Form {
  readonly x: Tensor;
  readonly k: number;
  readonly axis?: number;
  readonly smallest?: boolean;
  readonly fed?: boolean;
}

/** onnxruntime's CPU has it of these types. */
const ASKED: readonly DType[] = ['float32', 'int32', 'int64', 'bfloat16'];

function top(name: string, form: Form): LaterCase {
  const { x, k, axis, smallest = false, fed = false } = form;
  const count = { k: tensorOf('int64', [1], [k]) };
  const attributes = {
    ...(axis === undefined ? {} : { axis: { i: axis } }),
    ...(smallest ? { largest: { i: 0 } } : {}),
  };
  return {
    name,
    opset: 24,
    node: node('TopK', 'x k', 'values places', attributes),
    inputs: fed ? { x, ...count } : { x },
    constants: fed ? {} : count,
    ...(ASKED.includes(x.dtype) && x.data.length > 0
      ? {}
      : { plain: { why: `onnxruntime has none of ${x.dtype}, or of no rows`, outputs: ofRows(form) } }),
  };
}

/** Of the last axis, those in front first where they are equal. */
function ofRows({ x, k, smallest = false }: Form): Tensor[] {
  const length = x.shape.at(-1) ?? 1;
  const at = (i: number): number => x.data[i] ?? 0;
  const places = range(x.data.length / length).flatMap((row) =>
    range(length)
      .sort((a, b) => (smallest ? 1 : -1) * (at(row * length + a) - at(row * length + b)) || a - b)
      .slice(0, k)
      .map((place) => ({ place, value: at(row * length + place) })),
  );
  const shape = [...x.shape.slice(0, -1), k];
  return [
    tensorOf(
      x.dtype,
      shape,
      places.map(({ value }) => value),
    ),
    tensorOf(
      'int64',
      shape,
      places.map(({ place }) => place),
    ),
  ];
}

/** Numbers of the type's whole range, some of them twice. */
function some(dtype: DType, shape: readonly number[]): Tensor {
  const bits = FLOATS.includes(dtype) ? 7 : Number(/\d+/.exec(dtype)?.[0] ?? 8);
  const size = 2 ** Math.min(bits, 32);
  const low = dtype.startsWith('u') ? 0 : -size / 2;
  const count = shape.reduce((n, d) => n * d, 1);
  return tensorOf(
    dtype,
    shape,
    range(count).map((i) => low + Math.floor(((i * 5) % 13) * (size / 13))),
  );
}

export const LATER_TOP_K: LaterCases = {
  TopK: [
    top('the largest of rows', { x: wave([3, 17]), k: 5 }),
    top('the smallest along the first axis', { x: wave([7, 2, 3]), k: 3, axis: 0, smallest: true }),
    top('all of them', { x: wave([2, 5]), k: 5, axis: -1 }),
    top('none of them', { x: wave([2, 5]), k: 0 }),
    top('one of one', { x: wave([3, 1]), k: 1 }),
    top('of equal ones', { x: tensorOf('float32', [2, 6], [1, 2, 2, 1, 2, 0, 3, 3, 3, 3, 3, 3]), k: 4 }),
    top('infinities', { x: tensorOf('float32', [5], [-Infinity, 3, Infinity, -0, 0]), k: 3 }),
    top('a count that is fed', { x: wave([2, 9]), k: 4, fed: true }),
    top('no rows', { x: wave([0, 5]), k: 2 }),
    ...(
      ['int32', 'int64', 'bfloat16', 'float16', 'int8', 'uint8', 'int16', 'uint16', 'uint32', 'uint64'] as const
    ).flatMap((dtype) => [
      top(`the largest of ${dtype}`, { x: some(dtype, [2, 17]), k: 7 }),
      top(`the smallest of ${dtype}`, { x: some(dtype, [3, 5]), k: 3, smallest: true }),
    ]),
  ],
};
