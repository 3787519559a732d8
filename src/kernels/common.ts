/** Kernels of operators that common networks have. What fewer of these need is lazy; Vite makes one file of a family's. */
import { lazy, type Row } from '../core/on-demand.ts';
import type { OpKind } from '../ir/ops.ts';
import type { KernelDefinition } from './definition.ts';
import { conv } from './conv/conv.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { globalMaxPool } from './pool/global-max-pool.ts';
import { gemm } from './product/gemm.ts';
import { matMul } from './product/mat-mul.ts';
import { activation } from './elementwise/activation.ts';
import { softmax } from './normalise/softmax.ts';
import { reshape } from './shape/reshape.ts';
import { flatten } from './shape/flatten.ts';
import { squeeze } from './shape/squeeze.ts';
import { unsqueeze } from './shape/unsqueeze.ts';
import { identity } from './shape/identity.ts';
import { range } from './shape/range.ts';
import { transpose } from './move/transpose.ts';

/** The operators that a page knows from the start. */
export const COMMON_KERNELS = {
  Conv: conv,
  ConvTranspose: lazy(() => import('./conv/conv-transpose.ts'), 'convTranspose'),
  MaxPool: lazy(() => import('./pool/max-pool.ts'), 'maxPool'),
  AveragePool: lazy(() => import('./pool/average-pool.ts'), 'averagePool'),
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Gemm: gemm,
  MatMul: matMul,
  Activation: activation,
  Binary: lazy(() => import('./elementwise/binary.ts'), 'binary'),
  Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
  Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
  Softmax: softmax,
  BatchNormalization: lazy(() => import('./normalise/batch-normalization.ts'), 'batchNormalization'),
  Reduce: lazy(() => import('./reduce/reduce.ts'), 'reduce'),
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Range: range,
  ChannelShuffle: lazy(() => import('./move/channel-shuffle.ts'), 'channelShuffle'),
  Transpose: transpose,
  Concat: lazy(() => import('./move/concat.ts'), 'concat'),
  Split: lazy(() => import('./move/split.ts'), 'split'),
  Slice: lazy(() => import('./move/slice.ts'), 'slice'),
  Pad: lazy(() => import('./move/pad.ts'), 'pad'),
  Resize: lazy(() => import('./sample/resize.ts'), 'resize'),
} satisfies { readonly [K in OpKind]?: Row<KernelDefinition<K>> };
