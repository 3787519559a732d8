/** Whether a graph has what a pass looks for, cheaply told: rather once too often than too rarely. */
import { fillOf, stridedSource } from '../core/lazy-tensor.ts';
import { Lazy } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { COMMON_OPS } from '../ops/common.ts';
import { stridedOffsets } from '../ops/lib/strided.ts';
import { product } from '../util/arrays.ts';
import type { CompileOptions } from './lib/compile-options.ts';

/** Weights that are to be bytes, or, where kernels run them, may have been such in the file. */
export function hasBytes(_: Graph, { weightStorage, level }: CompileOptions, { nodes }: Graph): boolean {
  return weightStorage === 'int8' || (level === 'full' && nodes.some(({ op }) => op === 'DequantizeLinear'));
}

/** A multiplication or division: what gates, factors and smooth activations end in. */
export function hasProducts({ nodes }: Graph): boolean {
  return nodes.some((node) => node.op === 'Binary' && /mul|div/.test(node.attributes.kind));
}

/** Something divided by a norm, perhaps. */
export function hasNorms(graph: Graph): boolean {
  return (
    hasProducts(graph) && graph.nodes.some((node) => node.op === 'Reduce' && /l1|l2|sum/.test(node.attributes.kind))
  );
}

/** A normalisation, or arithmetic with constants. */
export function hasScales({ nodes, initializers }: Graph): boolean {
  return nodes.some(
    ({ op, inputs }) =>
      op === 'BatchNormalization' || (op === 'Binary' && inputs.some((name) => initializers.has(name))),
  );
}

/** A Pad. */
export function hasPads({ nodes }: Graph): boolean {
  return nodes.some(({ op }) => op === 'Pad');
}

/** A PRelu. */
export function hasPRelus({ nodes }: Graph): boolean {
  return nodes.some(({ op }) => op === 'PRelu');
}

/** A window whose padding follows from extents. */
export function hasAutoPads({ nodes }: Graph): boolean {
  return nodes.some(({ attributes }) => 'padMode' in attributes && attributes.padMode !== 'explicit');
}

/** A Transpose. */
export function hasTransposes({ nodes }: Graph): boolean {
  return nodes.some(({ op }) => op === 'Transpose');
}

/** A Transpose, and operators that few networks have for it to pass. */
export function hasFurtherMoves(graph: Graph): boolean {
  const rows: { readonly [K in OpKind]?: object } = COMMON_OPS;
  return (
    hasTransposes(graph) &&
    graph.nodes.some(({ op }) => !rows[op] || rows[op] instanceof Lazy || op === 'Slice' || op === 'Pad')
  );
}

/** A Transpose that swaps two neighbours: shuffles of channels have one. */
export function hasSwaps({ nodes }: Graph): boolean {
  return nodes.some(
    (node) => node.op === 'Transpose' && node.attributes.perm.filter((from, to) => from !== to).length === 2,
  );
}

/** A minimum, a maximum, an activation of an activation, or a clip of what arithmetic gives. */
export function hasClips({ nodes }: Graph): boolean {
  const producers = new Map<string | undefined, Node['op']>();
  return nodes.some((node) => {
    const before = producers.get(node.inputs[0]);
    for (const name of node.outputs) producers.set(name, node.op);
    if (node.op === 'Binary') return /min|max/.test(node.attributes.kind);
    if (node.op !== 'Activation') return false;
    return before === 'Activation' || (before === 'Binary' && node.attributes.activation.kind === 'clip');
  });
}

/** A convolution whose first filter has a weight that is zero. */
export function hasHoles({ nodes, initializers }: Graph): boolean {
  return nodes.some(({ op, inputs: [, weights = ''] }) => {
    const kernel = op === 'Conv' ? initializers.get(weights) : undefined;
    if (!kernel || fillOf(kernel)) return false;
    const { source, strides } = stridedSource(kernel);
    const window = kernel.shape.slice(0, -2);
    if (product(window) === 1) return false;
    // The first number of each tap is enough to see that it has none.
    return stridedOffsets(window, strides.slice(0, window.length)).some((tap) => source.data[tap] === 0);
  });
}

const has =
  (op: Node['op']) =>
  ({ nodes }: Graph): boolean =>
    nodes.some((node) => node.op === op);

/** Real numbers made of integers. */
export const hasDequantised = has('DequantizeLinear');

/** Those, and integers made of real numbers. */
export function hasQuantised(graph: Graph): boolean {
  return hasDequantised(graph) && has('QuantizeLinear')(graph);
}
