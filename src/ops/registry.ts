/** Every operator's semantics. Exhaustive: a row that is neither here nor in `rare.ts` is a type error. */
import { GraphError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { OpKind } from '../ir/ops.ts';
import type { OpDefinition } from './definition.ts';
import type { RareOps } from './rare.ts';
import { conv } from './conv/conv.ts';
import { maxPool } from './pool/max-pool.ts';
import { averagePool } from './pool/average-pool.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { globalMaxPool } from './pool/global-max-pool.ts';
import { gemm } from './product/gemm.ts';
import { matMul } from './product/mat-mul.ts';
import { batchNormalization } from './normalise/batch-normalization.ts';
import { softmax } from './normalise/softmax.ts';
import { channelShuffle } from './move/channel-shuffle.ts';
import { activation } from './elementwise/activation.ts';
import { unary } from './elementwise/unary.ts';
import { binary } from './elementwise/binary.ts';
import { cast } from './elementwise/cast.ts';
import { reshape } from './shape/reshape.ts';
import { flatten } from './shape/flatten.ts';
import { squeeze } from './shape/squeeze.ts';
import { unsqueeze } from './shape/unsqueeze.ts';
import { identity } from './shape/identity.ts';
import { transpose } from './move/transpose.ts';
import { concat } from './move/concat.ts';
import { split } from './move/split.ts';
import { slice } from './move/slice.ts';
import { pad } from './move/pad.ts';
import { gather } from './index/gather.ts';
import { expand } from './move/expand.ts';
import { shape } from './shape/shape.ts';
import { reduce } from './reduce/reduce.ts';

/** Operators that are there from the start: those of classifiers, and what passes may add to any graph. */
export const CORE_OPS: { readonly [K in Exclude<OpKind, keyof RareOps>]: OpDefinition<K> } = {
  Conv: conv,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  Softmax: softmax,
  ChannelShuffle: channelShuffle,
  Activation: activation,
  Unary: unary,
  Binary: binary,
  Cast: cast,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  Expand: expand,
  Shape: shape,
  Reduce: reduce,
};

let known: { readonly [K in OpKind]?: OpDefinition<K> } = CORE_OPS;

/** Loads the operators of `rare.ts` if any of these is one. Rejects with LoadError when they cannot be fetched. */
export async function loadOps(ops: Iterable<OpKind>): Promise<void> {
  if ([...ops].every((op) => known[op])) return;
  const { RARE_OPS } = await onDemand('further operators', () => import('./rare.ts'));
  known = { ...CORE_OPS, ...RARE_OPS };
}

/** The row of an operator whose name is known only at run time. Throws GraphError when `loadOps` was not called with it. */
export function definitionOf(op: OpKind): OpDefinition<OpKind> {
  const definition: OpDefinition<OpKind> | undefined = known[op];
  if (definition) return definition;
  throw new GraphError(`the operator ${op} is not loaded`, { hint: 'Call loadOperators(graph) before compiling it' });
}
