/**
 * What the kernels of ordinary convolutions write where they make a transposed one in cells (src/kernels/conv/transposed-cells.ts):
 * pixels of theirs are cells, and channels are phases of quads of channels, (quad · phases + phase) · 4 + j. Of less than four channels a
 * vector holds several phases, phase · channels + m, so that no lane is idle.
 *
 * Layout: y: row (n·results_h + oy)·results_w + ox, channel m, as placed, for oy = cell · stride + phase − cut_h and ox likewise.
 * Params: cut_h, cut_w; results_h, results_w, results_c, the extents of y; per_line and per_image, 1 / out_w and 1 / out_h, of which
 *   there are at most 2²¹ rows in all: so many float32 divides without a fault.
 */
import type { Between } from './epilogue.ts';
import { u32 } from './literal.ts';

/** Most cells of all images. */
export const MOST_CELLS = 2 ** 21;

/** Writes `lanes` sums of a phase from `channel` on (expressions), where the output is not cut off. */
function finishPhase(across: number, sums: string, channel: string, lanes: string): string {
  return `let oy = top + phase / ${u32(across)};
  let ox = left + phase % ${u32(across)};
  if (oy < params.results_h && ox < params.results_w) {
    finish_result(${sums}, (n * params.results_h + oy) * params.results_w + ox, ${channel}, ${lanes});
  }`;
}

/** A vector is four channels of a phase. */
function finishQuad(phases: number, across: number): string {
  return `let phase = packed / 4u % ${u32(phases)};
  let channel = packed / 4u / ${u32(phases)} * 4u;
  ${finishPhase(across, 'acc', 'channel', 'min(lanes, params.results_c - channel)')}`;
}

/** Neighbours in a vector may be of two phases. */
function finishEach(channels: number, across: number): string {
  return `for (var j = 0u; j < lanes; j++) {
  let phase = (packed + j) / ${u32(channels)};
  ${finishPhase(across, 'vec4<f32>(acc[j])', `packed + j - phase * ${u32(channels)}`, '1u')}
  }`;
}

/** The parameters and the function for cells of `strides`, `[vertical, horizontal]`; `few`: channels that are less than four. */
export function cellResults([down, across]: readonly [number, number], few?: number): Between {
  return {
    params: {
      cut_h: 'u32',
      cut_w: 'u32',
      results_h: 'u32',
      results_w: 'u32',
      results_c: 'u32',
      per_line: 'f32',
      per_image: 'f32',
    },
    declarations: `
fn finish(acc: vec4<f32>, row: u32, packed: u32, lanes: u32) {
  let line = u32((f32(row) + 0.5) * params.per_line);
  let n = u32((f32(line) + 0.5) * params.per_image);
  let top = (line - n * params.out_h) * ${u32(down)} - params.cut_h;
  let left = (row - line * params.out_w) * ${u32(across)} - params.cut_w;
  ${few === undefined ? finishQuad(down * across, across) : finishEach(few, across)}
}`,
  };
}
