/** The window of convolutions: kernel, dilation, strides and pads, as all of them have in the same parameters. */
import type { PadMode, Window } from '../../../ir/ops.ts';
import type { NcnnContext } from '../context.ts';

/** What pads are where they follow from the extents: those of TensorFlow's SAME, the odd element behind or before. */
export const [SAME_UPPER, SAME_LOWER] = [-233, -234];

/** A window over one or two dimensions, the last of which is the width. */
export interface ConvWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  readonly padMode: PadMode;
}

/** Reads the window. `dims` is how many dimensions it has. */
export function convWindow(c: NcnnContext, dims: 1 | 2): ConvWindow {
  const width = c.intFrom(1, 1, 0);
  const dilation = c.intFrom(1, 2, 1);
  const stride = c.intFrom(1, 3, 1);
  const left = c.int(4, 0);
  const right = c.int(15, left);
  const mode = padMode(left);
  if (dims === 1) {
    return { kernel: [width], strides: [stride], dilations: [dilation], ...padded(c, [left, right], mode) };
  }
  const top = c.int(14, left);
  const bottom = c.int(16, top);
  return {
    kernel: [c.intFrom(1, 11, width), width],
    strides: [c.intFrom(1, 13, stride), stride],
    dilations: [c.intFrom(1, 12, dilation), dilation],
    ...padded(c, [top, left, bottom, right], mode),
  };
}

function padMode(pad: number): PadMode {
  return pad === SAME_UPPER ? 'sameUpper' : pad === SAME_LOWER ? 'sameLower' : 'explicit';
}

function padded(c: NcnnContext, pads: readonly number[], mode: PadMode): Pick<Window, 'pads' | 'padMode'> {
  if (mode === 'explicit') {
    return pads.every((pad) => pad >= 0) ? { pads, padMode: mode } : c.fail(`pads [${pads.join(', ')}]`);
  }
  if (new Set(pads).size > 1) c.fail(`pads [${pads.join(', ')}], of which only some follow from the extents`);
  return { pads: pads.map(() => 0), padMode: mode };
}
