/** How a pending transposition passes the operators that few networks have: loaded where a graph has one. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { Graph } from '../../ir/graph.ts';
import type { NodeOf, OpKind } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';
import { constantInts } from '../lib/constants.ts';
import type { Perm } from '../lib/permutation.ts';
import { layout } from './layout.ts';
import { broadcastRule } from './many-operands.ts';
import {
  COMMON_RULES,
  elementwise,
  reduceRule,
  single,
  withoutAxes,
  type CommonOp,
  type LayoutRules,
  type PendingInput,
} from './rules.ts';
import type { Sinker } from './sinker.ts';

const FURTHER_RULES: LayoutRules<Exclude<OpKind, CommonOp>> = {
  Unary: elementwise,
  Cast: elementwise,
  LookupTable: elementwise,
  Where: broadcastRule,
  PRelu: broadcastRule,
  QuantizeLinear: scaledRule,
  DequantizeLinear: scaledRule,
  QLinearBinary: broadcastRule,
  QLinearPRelu: broadcastRule,
  QLinearReduce: single(reduceRule),
  DynamicQuantizeLinear: single((node, sinker, { source, perm }) => {
    sinker.emit(node, 'DynamicQuantizeLinear', [source], {}, [perm, [], []]);
    return true;
  }),
  Resize: single((node, sinker, { source, perm, axisOf }) => {
    const { axes } = node.attributes;
    // In their order: scales and sizes have it.
    const own = (axes.length === 0 ? range(perm.length) : axes).map(axisOf);
    sinker.emit(node, 'Resize', [source, ...node.inputs.slice(1)], { ...node.attributes, axes: own }, [perm]);
    return true;
  }),
  QLinearSoftmax: single((node, sinker, { source, perm, axisOf }) => {
    const axis = axisOf(node.attributes.axis);
    const inputs = [source, ...node.inputs.slice(1)];
    sinker.emit(node, 'QLinearSoftmax', inputs, { ...node.attributes, axis }, [perm]);
    return true;
  }),
  Split: single((node, sinker, { source, perm, axisOf }) => {
    const axis = axisOf(node.attributes.axis);
    const perms = node.outputs.map(() => perm);
    sinker.emit(node, 'Split', [source], { ...node.attributes, axis }, perms);
    return true;
  }),
  TopK: single((node, sinker, { source, perm, axisOf }) => {
    const axis = axisOf(node.attributes.axis);
    sinker.emit(node, 'TopK', [source, at(node.inputs, 1)], { ...node.attributes, axis }, [perm, perm]);
    return true;
  }),
  ArgReduce: single((node, sinker, { source, perm, axisOf }) => {
    const axis = axisOf(node.attributes.axis);
    const order = node.attributes.keepDims ? perm : withoutAxes(perm, [axis]);
    sinker.emit(node, 'ArgReduce', [source], { ...node.attributes, axis }, [order]);
    return true;
  }),
  Gather: single((node, sinker, { source, perm, axisOf }) => {
    const axis = axisOf(node.attributes.axis);
    const indices = at(node.inputs, 1);
    sinker.materialise(indices);
    const rank = sinker.rewriter.desc(indices).shape.length;
    const inputs = [source, sinker.rewriter.resolve(indices), ...node.inputs.slice(2)];
    sinker.emit(node, 'Gather', inputs, { axis }, [spreadAxis(perm, axis, rank)]);
    return true;
  }),
  Slice: single(sliceRule),
  Pad: single((node, sinker, { source, perm }) => {
    const pads = constantInts(sinker.rewriter, node.inputs[1]);
    if (pads?.length !== 2 * perm.length) return false;
    const own = [...reordered(pads.slice(0, perm.length), perm), ...reordered(pads.slice(perm.length), perm)];
    const ints = sinker.rewriter.addInts(`${at(node.outputs, 0)}_pads`, own);
    sinker.emit(node, 'Pad', [source, ints, ...node.inputs.slice(2)], node.attributes, [perm]);
    return true;
  }),
  Tile: single((node, sinker, { source, perm }) => {
    const repeats = constantInts(sinker.rewriter, node.inputs[1]);
    if (repeats?.length !== perm.length) return false;
    const ints = sinker.rewriter.addInts(`${at(node.outputs, 0)}_repeats`, reordered(repeats, perm));
    sinker.emit(node, 'Tile', [source, ints], node.attributes, [perm]);
    return true;
  }),
  Expand: single((node, sinker, { source, perm }) => {
    const { shape } = sinker.rewriter.desc(at(node.outputs, 0));
    if (shape.length !== perm.length) return false;
    const ints = sinker.rewriter.addInts(`${at(node.outputs, 0)}_shape`, reordered(shape, perm));
    sinker.emit(node, 'Expand', [source, ints], node.attributes, [perm]);
    return true;
  }),
};

/** `layout` that knows every rule. */
export function layoutAny(graph: Graph): Graph {
  return layout(graph, { ...COMMON_RULES, ...FURTHER_RULES });
}

/** Scales of blocks lie as the elements do. */
function scaledRule<K extends 'QuantizeLinear' | 'DequantizeLinear'>(node: NodeOf<K>, sinker: Sinker): boolean {
  const { attributes, inputs } = node;
  const [x = '', ...affine] = inputs;
  if (!sinker.isPending(x) || affine.some((name) => sinker.isPending(name)) || attributes.blockSize > 0) return false;
  const { source, perm } = sinker.view(x);
  const { axis } = attributes;
  const isOne = sinker.rewriter.desc(at(affine, 0)).shape.length === 0;
  const own = isOne ? axis : at(perm, normalizeAxis(axis, perm.length));
  sinker.emit(node, node.op, [source, ...affine], { ...attributes, axis: own }, [perm]);
  return true;
}

/** The order left when dimension `axis` of the source becomes `count` dimensions. */
function spreadAxis(perm: Perm, axis: number, count: number): number[] {
  return perm.flatMap((d) => (d === axis ? range(count).map((i) => axis + i) : [d < axis ? d : d + count - 1]));
}

function sliceRule(node: NodeOf<'Slice'>, sinker: Sinker, { source, perm, axisOf }: PendingInput): boolean {
  const [, starts = '', ends = '', axes = '', steps = '', ...counts] = node.inputs;
  const count = constantInts(sinker.rewriter, starts)?.length;
  const named = axes === '' ? range(count ?? 0) : constantInts(sinker.rewriter, axes);
  if (count === undefined || !named) return false;
  const ints = sinker.rewriter.addInts(`${at(node.outputs, 0)}_axes`, named.map(axisOf));
  const inputs = [source, starts, ends, ints, ...(steps === '' ? [] : [steps, ...counts])];
  sinker.emit(node, 'Slice', inputs, node.attributes, [perm]);
  return true;
}

/** One entry per dimension of the value, as one entry per dimension of its source. */
function reordered(entries: readonly number[], perm: Perm): number[] {
  const own = entries.map(() => 0);
  perm.forEach((from, to) => {
    own[from] = at(entries, to);
  });
  return own;
}
