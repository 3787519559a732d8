/** Windows over `[N, D, H, W, C]` tensors, as WGSL: all of the window is parameters, so that one text does for every window. */
import type { ParamFields } from './module.ts';

/** Spatial dimensions, as they are called in parameters (`in_d`) and by their coordinates. */
const AXES = [
  ['d', 'z'],
  ['h', 'y'],
  ['w', 'x'],
] as const;

/** What each spatial dimension has of its own: `in_d`, `pad_w`, …. `step` is the distance of the kernel elements that a loop visits. */
const VOLUME_FIELDS = ['in', 'out', 'kernel', 'stride', 'dilation', 'pad', 'step'] as const;

/** Parameters of a window in a volume; channels are not among them. */
export const VOLUME_PARAMS: ParamFields = Object.fromEntries(
  AXES.flatMap(([d]) => VOLUME_FIELDS.map((field) => [`${field}_${d}`, 'u32' as const])),
);

/** Declares `block`, `n` and the output's coordinates `oz`, `oy`, `ox` for invocation `i`: blocks of channels vary fastest. */
export const VOLUME_POSITION = `let block = i % params.blocks;
  let row = i / params.blocks;
  let ox = row % params.out_w;
  let oy = row / params.out_w % params.out_h;
  let oz = row / (params.out_w * params.out_h) % params.out_d;
  let n = row / (params.out_w * params.out_h * params.out_d);`;

/**
 * Declares the input's coordinate (`iz` for `kz`), and leaves the loop's turn where it is outside: u32 arithmetic wraps, so
 * that one comparison finds both kinds of outside.
 */
const slides = (d: string, c: string): string => `
    let i${c} = o${c} * params.stride_${d} + k${c} * params.dilation_${d} - params.pad_${d};
    if (i${c} >= params.in_${d}) { continue; }`;

/** The same for a transposed window: kernel element k of input i lands on output i·stride + k·dilation − pad. */
const spreads = (d: string, c: string): string => `
    let t${c} = i32(o${c} + params.pad_${d}) - i32(k${c} * params.dilation_${d});
    let i${c} = u32(t${c}) / params.stride_${d};
    if (t${c} < 0i || i${c} * params.stride_${d} != u32(t${c}) || i${c} >= params.in_${d}) { continue; }`;

/**
 * Loops over the elements of a window that lie on the input. `body` sees `pixel`, the input's index in all pixels of all
 * images, and `tap`, the kernel's. Of a transposed window only every `step`-th kernel element can meet an output.
 */
export function overWindow(body: string, transposed = false): string {
  const open = AXES.map(([d, c]) => {
    const first = transposed ? `(o${c} + params.pad_${d}) % params.step_${d}` : '0u';
    return `
  for (var k${c} = ${first}; k${c} < params.kernel_${d}; k${c} += params.step_${d}) {${(transposed ? spreads : slides)(d, c)}`;
  });
  return `${open.join('')}
    let pixel = ((n * params.in_d + iz) * params.in_h + iy) * params.in_w + ix;
    let tap = (kz * params.kernel_h + ky) * params.kernel_w + kx;
${body}
  } } }`;
}
