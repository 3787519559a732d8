/** The sliding window of convolutions and pools, as ONNX attributes give it. */
import type { Window } from '../../../ir/ops.ts';
import { range, sameArray } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';

/** Rank of what a convolution reads, whose weights are input `at`. Fails where `kernel_shape` and constant weights differ. */
export function rankOf(n: OnnxNode, at = 1): number {
  const kernel = n.attr.ints('kernel_shape');
  const weights = n.constantInput(at);
  if (kernel && weights && !sameArray(weights.shape.slice(2), kernel)) {
    n.fail(`kernel_shape [${kernel.join(', ')}] does not fit weights [${weights.shape.join(', ')}]`);
  }
  return kernel ? kernel.length + 2 : (n.facts(at).rank ?? n.rank(0));
}

/** Strides, dilations and pads over `dims` spatial dimensions. */
export function windowOf(n: OnnxNode, dims: number): Window {
  // Some exporters write an empty name for what is not set.
  const mode = n.attr.choice('auto_pad', 'NOTSET', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID', '']) || 'NOTSET';
  const none = range(2 * dims).map(() => 0);
  const given = n.attr.ints('pads') ?? none;
  if (given.length !== 2 * dims) n.fail(`pads = [${given.join(', ')}]`);
  if (mode === 'NOTSET' && given.some((p) => p < 0)) n.refuse(`pads = [${given.join(', ')}]`);
  return {
    strides: extents(n, 'strides', dims),
    dilations: extents(n, 'dilations', dims),
    pads: mode === 'NOTSET' ? given : none,
    padMode: mode === 'SAME_UPPER' ? 'sameUpper' : mode === 'SAME_LOWER' ? 'sameLower' : 'explicit',
  };
}

/** A list attribute with one positive entry per spatial dimension, 1 by default. */
function extents(n: OnnxNode, name: string, dims: number): number[] {
  const values = n.attr.ints(name) ?? range(dims).map(() => 1);
  if (values.length !== dims || values.some((v) => v < 1)) n.fail(`${name} = [${values.join(', ')}]`);
  return values;
}
