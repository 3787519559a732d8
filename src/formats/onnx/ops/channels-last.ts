/** com.microsoft's convolutions and pools of images with channels last, as onnxruntime's optimisers write them. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range, sameArray } from '../../../util/arrays.ts';
import { spatialDims, weightsToLast } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';
import { appended } from './conv-fused.ts';
import { poolWindow } from './pool.ts';
import { rankOf, windowOf } from './window.ts';

/**
 * NhwcConv. Its documentation has weights as Conv has them; onnxruntime's kernels, and its tool that writes the operator, have
 * `[O, …K, I]`: so it is read, and refused where `kernel_shape` says otherwise.
 */
export function nhwcConv(n: OnnxNode): string {
  const kernel = n.attr.ints('kernel_shape');
  const weights = n.constantInput(1);
  if (kernel && weights && !sameArray(weights.shape.slice(1, -1), kernel)) {
    n.refuse(`kernel_shape [${kernel.join(', ')}] of weights [${weights.shape.join(', ')}]`);
  }
  const rank = kernel ? kernel.length + 2 : (n.facts(1).rank ?? n.rank(0));
  return convolved(n, rank, [...range(rank - 1).map((i) => i + 1), 0]);
}

/** NhwcFusedConv: weights are those of Conv, and a residual has channels last. */
export function nhwcFusedConv(n: OnnxNode): string {
  const rank = rankOf(n);
  return appended(n, () => convolved(n, rank, weightsToLast(rank)));
}

/** NhwcMaxPool. */
export function nhwcMaxPool(n: OnnxNode): string {
  return n.main('MaxPool', [n.input(0)], poolWindow(n));
}

/** The convolution with weights that `perm` brings to `[…K, I, O]`. */
function convolved(n: OnnxNode, rank: number, perm: readonly number[]): string {
  const dims = spatialDims(n, rank);
  const bias = n.optional(2);
  const inputs = [n.input(0), n.one('Transpose', [n.input(1)], { perm }), ...(bias === '' ? [] : [bias])];
  const attributes = { ...windowOf(n, dims), group: n.attr.int('group', 1), activation: NO_ACTIVATION };
  return n.main('Conv', inputs, attributes);
}
