/**
 * How many entries the lists have that a file computes: shapes, axes, sizes. The length of a shape is the rank of what is
 * given it, which the importer must know where a translation depends on it; the entries are known when the graph is compiled.
 */
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { resolveSlice } from '../../ir/shapes/slice.ts';
import type { Facts } from './facts.ts';

type Inputs = readonly (Facts | undefined)[];

/** The length of output `index`, given that it is 1-D. */
type Rule<K extends OpKind> = (inputs: Inputs, attributes: OpAttributes[K], index: number) => number | undefined;

/** Of operators that make lists of lists; the others have none that anybody takes for a shape. */
const RULES: { readonly [K in OpKind]?: Rule<K> } = {
  Activation: ([x]) => entries(x),
  Unary: ([x]) => entries(x),
  Transpose: ([x]) => entries(x),
  Softmax: ([x]) => entries(x),
  Binary: broadcast,
  Where: broadcast,
  Expand: ([x, shape]) => broadcast([x, { rank: 1, length: shape?.data?.[0] }]),
  Reshape: ([x, shape]) => {
    const [extent = -1] = shape?.data ?? [];
    return shape?.data && extent > 0 ? extent : entries(x);
  },
  Flatten: () => undefined,
  Shape: ([x]) => x?.rank,
  Unsqueeze: ([x]) => entries(x),
  Squeeze: ([x]) => (x?.rank === 1 ? x.length : undefined),
  Concat: (inputs) => sum(inputs.map(entries)),
  Slice: ([x, starts, ends, axes, steps]) => {
    const length = entries(x);
    const bounds = [starts, ends, axes, steps].map((bound) => (bound ? bound.data && Array.from(bound.data) : []));
    const [from, to, , by] = bounds;
    if (length === undefined || !from || !to || !by || from.length !== 1 || to.length !== 1) return undefined;
    return resolveSlice([length], { starts: from, ends: to, ...(by.length === 1 ? { steps: by } : {}) }).extents[0];
  },
  Gather: ([x, i]) => (x?.rank === 1 ? i?.length : undefined),
  Pad: ([x, pads]) => sum([entries(x), pads?.data?.[0], pads?.data?.[1]]),
  Tile: ([x, repeats]) => product(entries(x), repeats?.data?.[0]),
  ConstantOfShape: ([shape]) => shape?.data?.[0],
  Range: ([start, limit, delta]) => {
    const [from, to, by] = [start?.data?.[0], limit?.data?.[0], delta?.data?.[0]];
    return from === undefined || to === undefined || !by ? undefined : Math.max(0, Math.ceil((to - from) / by));
  },
  Reduce: () => 1,
  ArgReduce: () => 1,
  Split: ([x], { sizes }, index) => (x?.rank === 1 ? sizes[index] : undefined),
  TopK: ([, k]) => k?.data?.[0],
};

/** The facts of output `index` of a node, with its length where it is 1-D and that follows from what is known. */
export function withLength<K extends OpKind>(
  facts: Facts,
  op: K,
  inputs: Inputs,
  attributes: OpAttributes[K],
  index: number,
): Facts {
  const rule: Rule<K> | undefined = RULES[op];
  return facts.rank === 1 && facts.length === undefined
    ? { ...facts, length: rule?.(inputs, attributes, index) }
    : facts;
}

/** How many elements a list has, and a scalar. */
function entries(x: Facts | undefined): number | undefined {
  return x?.rank === 0 ? 1 : x?.rank === 1 ? x.length : undefined;
}

/** Lengths that are not 1 are equal: one of them will do. */
function broadcast(inputs: Inputs): number | undefined {
  const lengths = inputs.map(entries);
  return lengths.find((n) => n !== undefined && n !== 1) ?? (lengths.includes(undefined) ? undefined : 1);
}

function sum(terms: readonly (number | undefined)[]): number | undefined {
  return terms.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);
}

function product(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b;
}
