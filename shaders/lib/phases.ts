/**
 * A transposed convolution as phases, as WGSL: outputs that are a stride apart see the same kernel elements, so each phase is a
 * dense convolution of its own (Shi et al., "Is the deconvolution layer the same as a convolutional layer?", arXiv 1609.07009).
 *
 * Along one dimension, with g the greatest common divisor of stride and dilation, the outputs o = q·stride + p of phase p see
 * the kernel elements first + t·step, step = stride / g, t < taps: those with (p + pad − k·dilation) divisible by the stride.
 * Element t lies at input q + origin − t·shift, shift = dilation / g.
 */
import type { ParamFields } from './module.ts';

/** Spatial dimensions, as they are called in parameters (`in_d`) and by their coordinates. */
const AXES = [
  ['d', 'z'],
  ['h', 'y'],
  ['w', 'x'],
] as const;

/**
 * What each dimension has of its own: extents, the window, and `phases` = min(stride, out), `common` = g, `step`, `shift`,
 * `inverse` of dilation / g modulo step.
 */
const PHASE_FIELDS = [
  'in',
  'out',
  'kernel',
  'stride',
  'dilation',
  'pad',
  'phases',
  'common',
  'step',
  'shift',
  'inverse',
] as const;

/** Parameters of a transposed window in a volume. */
export const PHASE_PARAMS: ParamFields = Object.fromEntries(
  AXES.flatMap(([d]) => PHASE_FIELDS.map((field) => [`${field}_${d}`, 'u32' as const])),
);

const everyAxis = (line: (d: string, c: string) => string): string => AXES.map(([d, c]) => line(d, c)).join('\n');

/** Declares what kernel elements a phase sees along one dimension. */
function axisPhase(d: string, c: string): string {
  return `  let residue_${c} = phase_${c} + params.pad_${d};
  let common_${c} = residue_${c} / params.common_${d};
  let first_${c} = select(params.kernel_${d}, common_${c} % params.step_${d} * params.inverse_${d} % params.step_${d},
    common_${c} * params.common_${d} == residue_${c});
  let taps_${c} = (max(params.kernel_${d}, first_${c}) - first_${c} + params.step_${d} - 1u) / params.step_${d};
  let origin_${c} = u32((i32(residue_${c}) - i32(first_${c} * params.dilation_${d})) / i32(params.stride_${d}));`;
}

/**
 * Declares, of phase `phase` (an expression): `phase_x`, `first_x`, `taps_x` and `origin_x`, the last of which wraps, for every
 * dimension.
 */
export function phaseOf(phase: string): string {
  return `  let phase_x = ${phase} % params.phases_w;
  let phase_y = ${phase} / params.phases_w % params.phases_h;
  let phase_z = ${phase} / (params.phases_w * params.phases_h);
${everyAxis(axisPhase)}`;
}

/** The same of the output `oy`, `ox` of an image, and its place `qy`, `qx` in the phase. */
export function phaseOfPixel(): string {
  return AXES.slice(1)
    .map(
      ([d, c]) => `  let q${c} = o${c} / params.stride_${d};
  let phase_${c} = o${c} - q${c} * params.stride_${d};
${axisPhase(d, c)}`,
    )
    .join('\n');
}

/** Declares how many outputs the phase has along each dimension: `extent_x`. */
export function phaseExtents(): string {
  return everyAxis(
    (d, c) => `  let extent_${c} = (params.out_${d} - phase_${c} + params.stride_${d} - 1u) / params.stride_${d};`,
  );
}

/** Declares `n<i>` and `qz<i>` to `qx<i>`, the place of the pixel `pixel` (an expression) of all images of the phase. */
export function phasePixel(pixel: string, i: number | string): string {
  return `  let q_line${i} = (${pixel}) / extent_x;
  let qx${i} = (${pixel}) - q_line${i} * extent_x;
  let q_plane${i} = q_line${i} / extent_y;
  let qy${i} = q_line${i} - q_plane${i} * extent_y;
  let n${i} = q_plane${i} / extent_z;
  let qz${i} = q_plane${i} - n${i} * extent_z;`;
}

/** Declares `iz<i>` to `ix<i>`, the input pixel that a place of the phase sees at tap `tz`, `ty`, `tx`, and whether it is `inside<i>`. */
export function phaseSees(i: number | string): string {
  return `      let iz${i} = qz${i} + origin_z - tz * params.shift_d;
      let iy${i} = qy${i} + origin_y - ty * params.shift_h;
      let ix${i} = qx${i} + origin_x - tx * params.shift_w;
      let inside${i} = (iz${i} < params.in_d) & (iy${i} < params.in_h) & (ix${i} < params.in_w);`;
}

/** The row of y of a place of the phase. */
export function phaseRow(i: number | string): string {
  return `(((n${i} * params.out_d + qz${i} * params.stride_d + phase_z) * params.out_h + qy${i} * params.stride_h + phase_y) * params.out_w + qx${i} * params.stride_w + phase_x)`;
}
