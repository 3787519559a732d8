/** Every operator's way to the GPU. Exhaustive: a row that is neither here nor in `rare.ts` is a type error. */
import { PlanError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import { at } from '../util/arrays.ts';
import type { KernelDefinition } from './definition.ts';
import type { RareKernels } from './rare.ts';
import { conv } from './conv/conv.ts';
import { loadWinograd } from './conv/winograd.ts';
import { isWinograd } from './conv/winograd-names.ts';
import { maxPool } from './pool/max-pool.ts';
import { averagePool } from './pool/average-pool.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { globalMaxPool } from './pool/global-max-pool.ts';
import { gemm } from './product/gemm.ts';
import { matMul } from './product/mat-mul.ts';
import { softmax } from './normalise/softmax.ts';
import { channelShuffle } from './move/channel-shuffle.ts';
import { activation } from './elementwise/activation.ts';
import { reshape } from './shape/reshape.ts';
import { flatten } from './shape/flatten.ts';
import { squeeze } from './shape/squeeze.ts';
import { unsqueeze } from './shape/unsqueeze.ts';
import { identity } from './shape/identity.ts';
import { transpose } from './move/transpose.ts';
import { concat } from './move/concat.ts';
import { split } from './move/split.ts';
import { slice } from './move/slice.ts';
import { shape } from './shape/shape.ts';

/** Kernels that are there from the start: those of compiled classifiers. */
export const CORE_KERNELS: { readonly [K in Exclude<OpKind, keyof RareKernels>]: KernelDefinition<K> } = {
  Conv: conv,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Gemm: gemm,
  MatMul: matMul,
  Softmax: softmax,
  ChannelShuffle: channelShuffle,
  Activation: activation,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Shape: shape,
};

let known: { readonly [K in OpKind]?: KernelDefinition<K> } = CORE_KERNELS;

/** Loads what planning a graph takes beyond what is there. Rejects with LoadError when it cannot be fetched. */
export async function loadKernels(graph: Graph): Promise<void> {
  const rare = graph.nodes.some(({ op }) => !known[op]);
  const dense = graph.nodes.some(
    (node) => node.op === 'Conv' && isWinograd(node.attributes, descOf(graph, at(node.inputs, 1)).shape),
  );
  await Promise.all([rare && loadRareKernels(), dense && loadWinograd()]);
}

/** Loads the kernels of `rare.ts`. */
export async function loadRareKernels(): Promise<void> {
  const { RARE_KERNELS } = await onDemand('further kernels', () => import('./rare.ts'));
  known = { ...CORE_KERNELS, ...RARE_KERNELS };
}

/** The kernels of an operator, seen apart from which operator it is. Throws PlanError when `loadKernels` was not called with it. */
export function kernelsOf(op: OpKind): KernelDefinition<OpKind> {
  const definition = known[op];
  if (definition) return definition as KernelDefinition<OpKind>;
  throw new PlanError(`the kernels of ${op} are not loaded`, { hint: 'Call loadKernels(graph) before planning it' });
}

/** Names of the variants of an operator, in the order of its list; empty for what is no operator, or was not loaded. */
export function variantNames(op: string): readonly string[] {
  const definition = Object.entries(known).find(([name]) => name === op)?.[1];
  return definition?.kind === 'dispatch' ? definition.variants.map(({ name }) => name) : [];
}
