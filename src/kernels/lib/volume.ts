/** Windows over up to three spatial dimensions, as the kernels see them that take all of a window as parameters. */
import { PlanError } from '../../core/errors.ts';
import type { PadMode } from '../../ir/ops.ts';
import type { TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { at, range } from '../../util/arrays.ts';

/** One spatial dimension. `step` is the distance of the kernel elements that are looked at, 1 for all. */
export type VolumeAxis = TransposedAxis & { readonly step: number };

/** A dimension that is not there. */
const NONE: VolumeAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, padBegin: 0, step: 1 };

/** Values for `VOLUME_PARAMS` (shaders/lib/volume.ts), of one to three dimensions. */
export function volumeParams(axes: readonly VolumeAxis[]): Record<string, number> {
  const params: Record<string, number> = {};
  ['d', 'h', 'w'].forEach((d, i) => {
    const axis = axes[i - 3 + axes.length] ?? NONE;
    params[`in_${d}`] = axis.input;
    params[`out_${d}`] = axis.output;
    params[`kernel_${d}`] = axis.kernel;
    params[`stride_${d}`] = axis.stride;
    params[`dilation_${d}`] = axis.dilation;
    params[`pad_${d}`] = axis.padBegin;
    params[`step_${d}`] = axis.step;
  });
  return params;
}

/** A window that slides, its padding made explicit by the passes. */
interface Sliding {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly padMode: PadMode;
}

/** The axes of a window that slides over spatial extents. Throws PlanError for padding that the passes left implicit. */
export function slidingAxes(
  { strides, dilations, pads, padMode }: Sliding,
  kernel: readonly number[],
  inputs: readonly number[],
  outputs: readonly number[],
): VolumeAxis[] {
  if (padMode !== 'explicit') throw new PlanError(`padding "${padMode}" was not made explicit`);
  return range(kernel.length).map((i) => ({
    input: at(inputs, i),
    output: at(outputs, i),
    kernel: at(kernel, i),
    // The stride of a single window is never walked: as a parameter it may not even fit.
    stride: at(outputs, i) > 1 ? at(strides, i) : 1,
    dilation: at(kernel, i) > 1 ? at(dilations, i) : 1,
    padBegin: at(pads, i),
    step: 1,
  }));
}
