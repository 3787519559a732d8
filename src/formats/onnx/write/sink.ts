/**
 * Moves transpositions behind the nodes that do not mind: what stands between two operators on images is then written
 * channels-first, as they are, without Transposes.
 */
import { normalizeAxis } from '../../../core/broadcast.ts';
import { tensorOf, type Tensor } from '../../../core/tensor.ts';
import { isOp, nodeOf } from '../../../ir/is-op.ts';
import type { Node, NodeOf, OpKind } from '../../../ir/ops.ts';
import { at, range, sameArray } from '../../../util/arrays.ts';
import { permuted } from './constants.ts';
import type { OnnxWriter } from './writer.ts';

/** A node on the operands of the transpositions before it, and the one behind it; none where the order does not show. */
interface Sunk {
  readonly node: Node;
  readonly perm: readonly number[] | undefined;
}

type Sink<K extends OpKind> = {
  sink(w: OnnxWriter, node: NodeOf<K>, perm: readonly number[], operands: readonly string[]): Node | undefined;
}['sink'];

const pointwise: Sink<OpKind> = (_, node, __, inputs) => nodeOf({ ...node, inputs });

const scaled: Sink<'QuantizeLinear' | 'DequantizeLinear'> = (w, node, _, [x = '']) =>
  w.value(node.inputs[1] ?? '')?.shape.length === 0
    ? nodeOf({ ...node, inputs: [x, ...node.inputs.slice(1)] })
    : undefined;

const SINKS: { readonly [K in OpKind]?: Sink<K> } = {
  Activation: pointwise,
  Unary: pointwise,
  Binary: pointwise,
  PRelu: pointwise,
  Cast: pointwise,
  Identity: pointwise,
  QuantizeLinear: scaled,
  DequantizeLinear: scaled,
  Concat: (_, node, perm, inputs) => {
    const axis = at(perm, normalizeAxis(node.attributes.axis, perm.length));
    return nodeOf({ ...node, inputs, attributes: { axis } });
  },
  Split: (_, node, perm, [x = '']) => {
    const axis = at(perm, normalizeAxis(node.attributes.axis, perm.length));
    return nodeOf({ ...node, inputs: [x, ...node.inputs.slice(1)], attributes: { ...node.attributes, axis } });
  },
  Pad: (w, node, perm, [x = '']) => {
    const pads = w.value(node.inputs[1] ?? '')?.data;
    if (pads?.length !== 2 * perm.length) return undefined;
    const own = range(perm.length).map((axis) => perm.indexOf(axis));
    const moved = [...own, ...own.map((axis) => axis + perm.length)].map((i) => at(pads, i));
    return nodeOf({ ...node, inputs: [x, w.ints(moved), ...node.inputs.slice(2)] });
  },
};

/** Inputs of operators in `SINKS` that are no operands. */
const FIRST_ONLY: ReadonlySet<OpKind> = new Set<OpKind>(['QuantizeLinear', 'DequantizeLinear', 'Pad', 'Split']);

/** The node on what its operands are transpositions of; undefined where they are none, or not the same, or it minds. */
export function sunk(w: OnnxWriter, node: Node): Sunk | undefined {
  const perm = node.inputs.map((input) => w.view(input)?.perm).find((view) => view !== undefined);
  if (!perm) return undefined;
  if (isOp(node, 'Reshape')) return withoutUnitMoves(w, node);
  const sink: Sink<OpKind> | undefined = SINKS[node.op];
  const given = FIRST_ONLY.has(node.op) ? node.inputs.slice(0, 1) : node.inputs;
  if (!sink || !given.every((input) => canBeBefore(w, input, perm, node.op))) return undefined;
  const inputs = given.map((input) => before(w, input, perm));
  const moved = sink(w, node, perm, inputs);
  return moved && { node: moved, perm };
}

/** True where `before` gives something. */
function canBeBefore(w: OnnxWriter, x: string, perm: readonly number[], op: OpKind): boolean {
  const view = w.view(x);
  if (view) return sameArray(view.perm, perm);
  const constant = w.constantAt(x);
  return constant !== undefined && (op === 'Concat' ? constant.shape.length === perm.length : true);
}

/** A value as it is before a transposition by `perm`. */
function before(w: OnnxWriter, x: string, perm: readonly number[]): string {
  const view = w.view(x);
  if (view) return view.source;
  const constant = w.constantAt(x);
  if (!constant || constant.data.length === 1) return x;
  const back = range(perm.length).map((axis) => perm.indexOf(axis));
  const spread = (value: Tensor): Tensor => permuted(ofRank(value, perm.length), back);
  return w.constantLike(x, spread) ?? x;
}

/** With as many dimensions as an operand that it is broadcast to. */
function ofRank({ dtype, shape, data }: Tensor, rank: number): Tensor {
  return tensorOf(dtype, [...range(rank - shape.length).map(() => 1), ...shape], data);
}

/** A Reshape of what differs in the places of extents of 1 only: the elements lie in the same order. */
function withoutUnitMoves(w: OnnxWriter, node: NodeOf<'Reshape'>): Sunk | undefined {
  const [x = '', shape = ''] = node.inputs;
  const [view, extents, target] = [w.view(x), w.shape(x), w.value(shape)];
  if (!view || !extents || !target || target.data.includes(0)) return undefined;
  const long = view.perm.filter((_, i) => extents[i] !== 1);
  const inOrder = long.every((axis, i) => i === 0 || axis > at(long, i - 1));
  return inOrder ? { node: nodeOf({ ...node, inputs: [view.source, shape] }), perm: undefined } : undefined;
}
