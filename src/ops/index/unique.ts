/** Unique: the positions along a dimension that differ, where they are, and how many of each. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { tensorOf, zeros, type Shape, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import { at, product, range } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { countOf } from '../lib/counted.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** x as `[outer, extent, inner]`. */
interface Rows {
  readonly axis: number;
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

function rowsOf(shape: Shape, given: number): Rows {
  const axis = normalizeAxis(given, shape.length);
  return {
    axis,
    outer: product(shape.slice(0, axis)),
    extent: at(shape, axis),
    inner: product(shape.slice(axis + 1)),
  };
}

/** Throws ShapeError on an axis outside. */
export const unique: OpDefinition<'Unique'> = {
  infer: ({ attributes, outputs }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const { axis, extent } = rowsOf(shape, attributes.axis);
    const count = countOf(outputs);
    const each: TensorDesc = { dtype: 'int64', shape: [extent] };
    const ofUnique = { ...each, bounded: { axis: 0, count } };
    return [{ dtype, shape, bounded: { axis, count } }, { dtype: 'int32', shape: [] }, ofUnique, each, ofUnique];
  },
  // Each of the steps of sorting looks at two rows.
  work: ({ attributes }, inputs) => {
    const { outer, extent, inner } = rowsOf(operand(inputs, 0).shape, attributes.axis);
    return 2 * outer * inner * extent * Math.ceil(Math.log2(extent + 1));
  },
  reference: ({ attributes: { axis, sorted } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const rows = rowsOf(x.shape, axis);
    const order = range(rows.extent).sort((a, b) => compared(x, rows, a, b) || a - b);
    const groups: number[][] = [];
    for (const [i, position] of order.entries()) {
      const last = groups.at(-1);
      if (last && compared(x, rows, at(order, i - 1), position) === 0) last.push(position);
      else groups.push([position]);
    }
    if (!sorted) groups.sort((a, b) => at(a, 0) - at(b, 0));
    return results(x, rows, groups);
  },
};

/** The five outputs, of the positions of each group. */
function results(x: Tensor, rows: Rows, groups: readonly (readonly number[])[]): Tensor[] {
  const n = groups.length;
  const inverse = zeros('int64', [rows.extent]);
  for (const [place, group] of groups.entries()) for (const position of group) inverse.data[position] = place;
  const firsts = groups.map((group) => at(group, 0));
  return [
    chosen(x, rows, firsts),
    tensorOf('int32', [], [n]),
    tensorOf('int64', [n], firsts),
    inverse,
    tensorOf(
      'int64',
      [n],
      groups.map(({ length }) => length),
    ),
  ];
}

function chosen(x: Tensor, { axis, outer, extent, inner }: Rows, positions: readonly number[]): Tensor {
  const y = zeros(x.dtype, x.shape.with(axis, positions.length));
  for (let o = 0; o < outer; o++) {
    for (const [k, position] of positions.entries()) {
      const from = (o * extent + position) * inner;
      y.data.set(x.data.subarray(from, from + inner), (o * positions.length + k) * inner);
    }
  }
  return y;
}

/** Which of two positions comes first, by the first elements that differ. */
function compared({ data }: Tensor, { outer, extent, inner }: Rows, a: number, b: number): number {
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < inner; k++) {
      const [va, vb] = [(o * extent + a) * inner + k, (o * extent + b) * inner + k].map((i) => data[i] ?? 0);
      const order = ordered(va ?? 0, vb ?? 0);
      if (order !== 0) return order;
    }
  }
  return 0;
}

/** NaN equals NaN, and comes behind every number. */
function ordered(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : Number(a > b);
}
