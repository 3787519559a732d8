/** What the importer tracks of a value while it walks the nodes: rank, element type, the length of a list, the elements of a constant. */
import { isDType, type DType, type HostArray } from '../../core/dtype.ts';
import { LoadError } from '../../core/errors.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';

/** Everything is optional: models often leave out value information, and no shape is inferred at import. */
export interface Facts {
  readonly rank?: number | undefined;
  readonly dtype?: DType | undefined;
  /** Extent of a 1-D value; what a Reshape or Expand target says about the rank of its result. */
  readonly length?: number | undefined;
  /** Elements of a constant. */
  readonly data?: HostArray | undefined;
}

/** Of what nothing is known. */
export const UNKNOWN_FACTS: Facts = {};

const COMPARISONS = new Set(['equal', 'notEqual', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual']);

/** What is known of the inputs of a node; undefined for one that is absent. */
export type InputFacts = readonly (Facts | undefined)[];

/** Facts of the outputs of an operator, given those of its inputs; for outputs beyond them, those of the first. */
export type FactRule<K extends OpKind> = (inputs: InputFacts, attributes: OpAttributes[K]) => readonly Facts[];

/** What common networks make of common operators. The others are in further-facts.ts. */
export const COMMON_FACTS = {
  Conv: convolved,
  MaxPool: asFirst,
  AveragePool: asFirst,
  ArgMaxPool: ([x]) => [{ rank: x?.rank, dtype: 'int64' }],
  GlobalAveragePool: asFirst,
  GlobalMaxPool: asFirst,
  Gemm: ([a]) => [{ rank: 2, dtype: a?.dtype }],
  MatMul: ([a, b]) => [{ rank: matMulRank(a?.rank, b?.rank), dtype: a?.dtype }],
  BatchNormalization: asFirst,
  Softmax: asFirst,
  Activation: asFirst,
  Binary: (inputs, { kind }) => [
    { rank: broadcastRank(inputs), dtype: COMPARISONS.has(kind) ? 'bool' : inputs[0]?.dtype },
  ],
  Unary: ([x], { kind }) => [{ rank: x?.rank, dtype: kind === 'isNaN' ? 'bool' : x?.dtype }],
  Reshape: ([x, shape]) => [{ rank: shape?.length, dtype: x?.dtype }],
  Flatten: ([x]) => [{ rank: 2, dtype: x?.dtype }],
  Identity: ([x]) => [x ?? UNKNOWN_FACTS],
  Squeeze: ([x, list], { axes }) => [
    { rank: minus(x?.rank, list?.length ?? (axes.length || undefined)), dtype: x?.dtype },
  ],
  Unsqueeze: ([x, list], { axes }) => {
    const count = list ? list.length : axes.length;
    return [{ rank: minus(x?.rank, count && -count), dtype: x?.dtype }];
  },
  Transpose: asFirst,
  Slice: asFirst,
  Pad: asFirst,
  Concat: asFirst,
  Gather: ([x, i]) => [{ rank: i?.rank === undefined ? undefined : minus(x?.rank, 1 - i.rank), dtype: x?.dtype }],
  Shape: () => [{ rank: 1, dtype: 'int64' }],
  ConstantOfShape: ([shape], { dtype }) => [{ rank: shape?.length, dtype }],
  Reduce: ([x, list], { axes, keepDims }) => [
    { rank: reducedRank(x?.rank, list ? list.length : axes.length, keepDims), dtype: x?.dtype },
  ],
} satisfies { readonly [K in OpKind]?: FactRule<K> };

/** Every output has the rank and the element type of the first input. */
export function asFirst([x]: InputFacts): readonly Facts[] {
  return [{ rank: x?.rank, dtype: x?.dtype }];
}

/** The rank that an image shares with its weights. */
export function convolved([x, w]: InputFacts): readonly Facts[] {
  return [{ rank: x?.rank ?? w?.rank, dtype: x?.dtype }];
}

/** Facts of output `index` of a node. */
export type FactsOf = <K extends OpKind>(
  op: K,
  inputs: InputFacts,
  attributes: OpAttributes[K],
  index: number,
) => Facts;

/** The same by the rules of a table. Throws LoadError for an operator that it has no rule for. */
export function factsBy(rules: { readonly [K in OpKind]?: FactRule<K> }): FactsOf {
  return <K extends OpKind>(op: K, inputs: InputFacts, attributes: OpAttributes[K], index: number) => {
    const rule: FactRule<K> | undefined = rules[op];
    if (!rule) throw new LoadError(`the facts of ${op} are not loaded`);
    const facts = rule(inputs, attributes);
    return facts[index] ?? facts[0] ?? UNKNOWN_FACTS;
  };
}

/** Facts of a constant or of a value whose description the model gives. */
export function describedFacts(
  dtype: string | undefined,
  shape: readonly (number | string)[],
  data?: HostArray,
): Facts {
  const [length] = shape;
  return {
    rank: shape.length,
    dtype: dtype !== undefined && isDType(dtype) ? dtype : undefined,
    data,
    length: shape.length === 1 && typeof length === 'number' ? length : undefined,
  };
}

/** A rank with so many dimensions less. */
function minus(rank: number | undefined, count: number | undefined): number | undefined {
  return rank === undefined || count === undefined ? undefined : Math.max(0, rank - count);
}

/** The rank of a reduction over so many axes, all of them where there are none. */
export function reducedRank(rank: number | undefined, axes: number | undefined, keepDims: boolean): number | undefined {
  if (keepDims) return rank;
  return axes === 0 ? 0 : minus(rank, axes);
}

/** The rank of operands that are broadcast to each other. */
export function broadcastRank(inputs: InputFacts): number | undefined {
  let most = 0;
  for (const input of inputs) {
    if (input?.rank === undefined) return undefined;
    most = Math.max(most, input.rank);
  }
  return most;
}

/** The rank of a matrix product. */
export function matMulRank(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  return Math.max(a, b, 2) - (a === 1 ? 1 : 0) - (b === 1 ? 1 : 0);
}
