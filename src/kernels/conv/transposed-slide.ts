/** Depthwise transposed convolution by strips of cells that slide down the image: the fewest loads for an output. */
import { convTransposedSlideShader } from '../../../shaders/conv/transposed-slide.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import { dispatch1d, value } from '../definition.ts';
import { isSlidingWindow, slidesWell, stripsOver, type Strips } from '../lib/slide.ts';
import { cellsOf, type Cells } from './transposed-cells.ts';
import type { TransposedCall } from './transposed-phases.ts';
import { transposedPlan, type TransposedContext, type TransposedPlan } from './transposed-plan.ts';

/**
 * Cells of a strip's row. One of four channels keeps few enough values for a software adapter, which takes 1.15 times as long with
 * two; of one channel two share loads.
 */
function widthOf(channels: 1 | 4, { adapterClass }: DeviceProfile): number {
  return adapterClass === 'software' && channels === 4 ? 1 : 2;
}

/** The text has lines for each output of a cell. */
const LARGEST_CELL = 16;

/** What the strips see: the cells, and how they are shared out. */
interface Sliding {
  readonly cells: Cells;
  readonly width: 1 | 4;
  /** Cells of a strip's row. */
  readonly pixels: number;
  readonly strips: Strips;
}

/** The strips of a depthwise one; nothing of volumes, dilation, and windows of too many lines. */
function slidingOf(plan: TransposedPlan, device: DeviceProfile): Sliding | undefined {
  const { axes, groupIn, groupOut, outC, batch, xVector, epilogue } = plan;
  const cells = groupIn === 1 && groupOut === 1 ? cellsOf(axes) : undefined;
  if (!cells || product(cells.strides) > LARGEST_CELL) return undefined;
  if (!isSlidingWindow({ ...cells, dilations: [1, 1] })) return undefined;
  const width = xVector && epilogue.vector && outC % 4 === 0 ? 4 : 1;
  const pixels = widthOf(width, device);
  const [height, across] = cells.count;
  return { cells, width, pixels, strips: stripsOver(batch, ceilDiv(across, pixels), height, outC / width, device) };
}

/** Whether strips are faster than one row of a phase at a time. */
export function slidesTransposed(plan: TransposedPlan, device: DeviceProfile): boolean {
  const sliding = slidingOf(plan, device);
  return sliding !== undefined && slidesWell(sliding.strips, device);
}

/** The dispatch. */
export function transposedSlideCalls(context: TransposedContext): readonly TransposedCall[] | undefined {
  const { device, node } = context;
  const plan = transposedPlan(context);
  const sliding = plan && slidingOf(plan, device);
  if (!sliding) return undefined;
  const { cells, width, pixels, strips } = sliding;
  const { kernel, strides } = cells;
  const { outC, xType, wType, epilogue, params } = plan;
  const software = device.adapterClass === 'software';
  return [
    {
      shader: convTransposedSlideShader({
        kernel,
        strides,
        pixels,
        width,
        workgroup: strips.workgroup,
        weightLoop: software,
        xType,
        wType,
        ...epilogue.spec,
      }),
      operands: [value(node.inputs[0]), value(node.inputs[1]), ...epilogue.operands],
      params: {
        ...windowValues(cells, outC),
        skip_h: cells.skip[0],
        skip_w: cells.skip[1],
        x_offset: params['x_offset'] ?? 0,
        x_pitch: params['x_pitch'] ?? 0,
        ...strips.params,
        ...(software ? { taps: kernel[0] * kernel[1] } : {}),
        ...epilogue.params,
      },
      workgroups: dispatch1d(strips.params.count, strips.workgroup, device),
    },
  ];
}

/** Values for `WINDOW_PARAMS` (shaders/lib/window.ts). */
function windowValues({ input, output, cut }: Cells, channels: number): Readonly<Record<string, number>> {
  return {
    in_h: input[0],
    in_w: input[1],
    in_c: channels,
    out_h: output[0],
    out_w: output[1],
    out_c: channels,
    pad_top: cut[0],
    pad_left: cut[1],
  };
}
