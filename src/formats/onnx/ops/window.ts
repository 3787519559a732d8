/** The sliding window of convolutions and pools, as ONNX attributes give it. */
import type { Window } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';

/** Strides, dilations and pads over `dims` spatial dimensions. */
export function windowOf(n: OnnxNode, dims: number): Window {
  const mode = n.attr.choice('auto_pad', 'NOTSET', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']);
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
