/** Semantics of operators that common networks have. What fewer of these need is lazy; Vite makes one file of a family's. */
import { lazy, type Row } from '../core/on-demand.ts';
import type { OpKind } from '../ir/ops.ts';
import type { OpDefinition } from './definition.ts';
import { conv } from './conv/conv.ts';
import { maxPool } from './pool/max-pool.ts';
import { averagePool } from './pool/average-pool.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { globalMaxPool } from './pool/global-max-pool.ts';
import { gemm } from './product/gemm.ts';
import { matMul } from './product/mat-mul.ts';
import { activation } from './elementwise/activation.ts';
import { binary } from './elementwise/binary.ts';
import { batchNormalization } from './normalise/batch-normalization.ts';
import { softmax } from './normalise/softmax.ts';
import { reshape } from './shape/reshape.ts';
import { flatten } from './shape/flatten.ts';
import { squeeze } from './shape/squeeze.ts';
import { unsqueeze } from './shape/unsqueeze.ts';
import { identity } from './shape/identity.ts';
import { reduce } from './reduce/reduce.ts';
import { shape } from './shape/shape.ts';
import { channelShuffle } from './move/channel-shuffle.ts';
import { transpose } from './move/transpose.ts';
import { concat } from './move/concat.ts';
import { slice } from './move/slice.ts';
import { pad } from './move/pad.ts';

/**
 * The operators that a page knows from the start. Passes may add those that are not lazy to any graph, and no others; of
 * constants they add those whose references are not: see test/passes/added.test.ts.
 */
export const COMMON_OPS = {
  Conv: conv,
  ConvTranspose: lazy(() => import('./conv/conv-transpose.ts'), 'convTranspose'),
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Gemm: gemm,
  MatMul: matMul,
  Activation: activation,
  Binary: binary,
  Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
  Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
  BatchNormalization: batchNormalization,
  Softmax: softmax,
  Reduce: reduce,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Shape: shape,
  ChannelShuffle: channelShuffle,
  Transpose: transpose,
  Concat: concat,
  Split: lazy(() => import('./move/split.ts'), 'split'),
  Slice: slice,
  Pad: pad,
  Resize: lazy(() => import('./sample/resize.ts'), 'resize'),
} satisfies { readonly [K in OpKind]?: Row<OpDefinition<K>> };
