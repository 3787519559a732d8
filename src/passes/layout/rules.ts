/** How a pending transposition passes each operator: the node on the untransposed operand, with its axes renamed. */
import { axesOrAll, normalizeAxis } from '../../core/broadcast.ts';
import type { Lazy } from '../../core/on-demand.ts';
import type { Node, NodeOf, OpKind } from '../../ir/ops.ts';
import type { COMMON_OPS } from '../../ops/common.ts';
import { at, product, range } from '../../util/arrays.ts';
import { composePerms, fullPerm, type Perm } from '../lib/permutation.ts';
import { broadcastRule, concatRule } from './many-operands.ts';
import type { Sinker } from './sinker.ts';
import { pushReshape } from './view.ts';

/**
 * Emits the node with its operands' transpositions moved behind it and gives true; or does nothing and gives false. The
 * type of a method, whose bivariance lets the table be indexed by a node's `op` and the rule be called with that node.
 */
export type LayoutRule<K extends OpKind> = { rule(node: NodeOf<K>, sinker: Sinker): boolean }['rule'];

/** Rules by operator; before one without a transposition is carried out. */
export type LayoutRules<K extends OpKind = OpKind> = { readonly [Op in K]?: LayoutRule<Op> };

type Common = typeof COMMON_OPS;

/** Operators whose semantics a page has from the start, but for two that are there because passes add them. */
export type CommonOp = Exclude<
  { [K in keyof Common]: Common[K] extends Lazy<object> ? never : K }[keyof Common],
  'Slice' | 'Pad'
>;

/** Those a transposition can pass; for the rest see `further-rules.ts`. */
export const COMMON_RULES: LayoutRules<CommonOp> = {
  Activation: elementwise,
  Identity: elementwise,
  Binary: broadcastRule,
  Concat: concatRule,
  Transpose: (node, sinker) => {
    const input = at(node.inputs, 0);
    const { source, perm } = sinker.view(input);
    // A lone Transpose is only taken up; meeting another, it is merged, which changes the graph.
    if (sinker.isPending(input)) sinker.markMoved();
    sinker.setView(at(node.outputs, 0), {
      source,
      perm: composePerms(perm, fullPerm(node.attributes.perm, perm.length)),
    });
    return true;
  },
  BatchNormalization: single((node, sinker, { source, perm, axisOf }) => {
    const axis = axisOf(node.attributes.axis);
    const inputs = [source, ...node.inputs.slice(1)];
    sinker.emit(node, 'BatchNormalization', inputs, { ...node.attributes, axis }, [perm]);
    return true;
  }),
  Softmax: single((node, sinker, { source, perm, axisOf }) => {
    const axes = node.attributes.axes.map(axisOf);
    sinker.emit(node, 'Softmax', [source], { ...node.attributes, axes }, [perm]);
    return true;
  }),
  Reduce: single(reduceRule),
  Reshape: single((node, sinker, { source, perm }) => {
    const viewed = composePerms(sinker.rewriter.desc(source).shape, perm);
    const output = at(node.outputs, 0);
    const pushed = pushReshape(viewed, perm, sinker.rewriter.desc(output).shape);
    if (!pushed) return false;
    const ints = sinker.rewriter.addInts(`${output}_shape`, pushed.shape);
    sinker.emit(node, 'Reshape', [source, ints], { allowZero: true }, [pushed.perm]);
    return true;
  }),
  MatMul: (node, sinker) => {
    const [a = '', b = '', ...bias] = node.inputs;
    const { transA, transB } = node.attributes;
    if (!swapsMatrix(a, sinker) && !swapsMatrix(b, sinker)) return false;
    const left = absorb(a, transA, sinker);
    const right = absorb(b, transB, sinker);
    const attributes = { ...node.attributes, transA: left.transposed, transB: right.transposed };
    const rank = sinker.rewriter.desc(at(node.outputs, 0)).shape.length;
    sinker.emit(node, 'MatMul', [left.value, right.value, ...bias], attributes, [range(rank)]);
    return true;
  },
  Gemm: (node, sinker) => {
    const [a = '', b = '', c = ''] = node.inputs;
    const { transA, transB } = node.attributes;
    if (!swapsMatrix(a, sinker) && !swapsMatrix(b, sinker)) return false;
    const left = absorb(a, transA, sinker);
    const right = absorb(b, transB, sinker);
    if (c !== '') sinker.materialise(c);
    const attributes = { ...node.attributes, transA: left.transposed, transB: right.transposed };
    sinker.emit(node, 'Gemm', [left.value, right.value, c], attributes, [[0, 1]]);
    return true;
  },
};

/** A rule for operators whose first operand alone is transposed. */
export function single<K extends OpKind>(
  rule: (node: NodeOf<K>, sinker: Sinker, x: PendingInput) => boolean,
): LayoutRule<K> {
  return (node, sinker) => {
    const input = at(node.inputs, 0);
    if (!sinker.isPending(input)) return false;
    const { source, perm } = sinker.view(input);
    if (sinker.policy === 'stay' && grows(node, source, sinker)) return false;
    return rule(node, sinker, { source, perm, axisOf: (axis) => at(perm, normalizeAxis(axis, perm.length)) });
  };
}

/** True when a node's result has more elements than its operand: transposing behind it costs more than before it. */
function grows(node: Pick<Node, 'outputs'>, source: string, sinker: Sinker): boolean {
  return product(sinker.rewriter.desc(at(node.outputs, 0)).shape) > product(sinker.rewriter.desc(source).shape);
}

/** The first operand, which waits for a transposition. */
export interface PendingInput {
  readonly source: string;
  readonly perm: Perm;
  /** The dimension of the source that an axis of the value is. */
  readonly axisOf: (axis: number) => number;
}

/** A Transpose in front of one operand goes behind what looks at each element alone. */
export function elementwise<K extends 'Activation' | 'Unary' | 'Cast' | 'Identity' | 'LookupTable'>(
  node: NodeOf<K>,
  sinker: Sinker,
): boolean {
  const { source, perm } = sinker.view(at(node.inputs, 0));
  sinker.emit(node, node.op, [source, ...node.inputs.slice(1)], node.attributes, [perm]);
  return true;
}

/** Axes of a reduction are those that the Transpose in front had moved. */
export function reduceRule<K extends 'Reduce' | 'QLinearReduce'>(
  node: NodeOf<K>,
  sinker: Sinker,
  { source, perm, axisOf }: PendingInput,
): boolean {
  const { axes, keepDims } = node.attributes;
  const reduced = axesOrAll(axes, perm.length).map(axisOf);
  const order = keepDims ? perm : withoutAxes(perm, reduced);
  const attributes = { ...node.attributes, axes: reduced.sort((a, b) => a - b) };
  sinker.emit(node, node.op, [source, ...node.inputs.slice(1)], attributes, [order]);
  return true;
}

/** The order left when dimensions of the source disappear. */
export function withoutAxes(perm: Perm, gone: readonly number[]): number[] {
  return perm.filter((d) => !gone.includes(d)).map((d) => d - gone.filter((g) => g < d).length);
}

/** True when a pending order swaps the last two dimensions and nothing else. */
function swapsMatrix(value: string, sinker: Sinker): boolean {
  if (!sinker.isPending(value)) return false;
  const { perm } = sinker.view(value);
  const n = perm.length;
  return n >= 2 && perm[n - 1] === n - 2 && perm[n - 2] === n - 1 && perm.slice(0, n - 2).every((d, i) => d === i);
}

function absorb(value: string, transposed: boolean, sinker: Sinker): { value: string; transposed: boolean } {
  if (swapsMatrix(value, sinker)) return { value: sinker.view(value).source, transposed: !transposed };
  sinker.materialise(value);
  return { value: sinker.rewriter.resolve(value), transposed };
}
