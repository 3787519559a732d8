/** Depthwise transposed convolution by strips of cells that slide down the image: the fewest loads for an output. */
import { convTransposedSlideShader } from '../../../shaders/conv/transposed-slide.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import type { TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, value } from '../definition.ts';
import { isSlidingWindow, slidesWell, stripsOver, type Strips } from '../lib/slide.ts';
import type { TransposedCall } from './transposed-phases.ts';
import { transposedPlan, type TransposedContext, type TransposedPlan } from './transposed-plan.ts';

/** Cells of a strip's row. */
const PIXELS = 2;

/** The text has lines for each output of a cell. */
const LARGEST_CELL = 16;

type Pair = readonly [number, number];

/** A dimension that is not there. */
const NONE: TransposedAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, padBegin: 0 };

/** What the strips see: the structure of the window, and where cells lie. */
interface Cells {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly width: 1 | 4;
  readonly strips: Strips;
  readonly params: Readonly<Record<string, number>>;
}

/** The cells of a depthwise one; nothing of volumes, dilation, and windows of too many lines. */
function cellsOf(plan: TransposedPlan, device: DeviceProfile): Cells | undefined {
  const { axes, groupIn, groupOut, outC, batch, xVector, epilogue } = plan;
  if (groupIn !== 1 || groupOut !== 1 || axes.length > 2) return undefined;
  const [y, x] = [axes.at(-2) ?? NONE, axes.at(-1) ?? NONE];
  const [kernel, strides]: [Pair, Pair] = [
    [y.kernel, x.kernel],
    [y.stride, x.stride],
  ];
  const dilations = [y, x].map((axis) => (axis.kernel === 1 ? 1 : axis.dilation)) as unknown as Pair;
  if (!isSlidingWindow({ kernel, strides, dilations }) || y.stride * x.stride > LARGEST_CELL) return undefined;
  const width = xVector && epilogue.vector && outC % 4 === 0 ? 4 : 1;
  const [pads, cells] = [[y, x].map(({ padBegin, stride }) => padBegin % stride), [y, x].map(cellCount)];
  const extents = { in_h: y.input, in_w: x.input, in_c: outC, out_h: y.output, out_w: x.output, out_c: outC };
  const [padTop = 0, padLeft = 0] = pads;
  const [height = 1, across = 1] = cells;
  return {
    kernel,
    strides,
    width,
    strips: stripsOver(batch, ceilDiv(across, PIXELS), height, outC / width, device),
    params: {
      ...extents,
      pad_top: padTop,
      pad_left: padLeft,
      skip_h: (y.padBegin - padTop) / y.stride,
      skip_w: (x.padBegin - padLeft) / x.stride,
    },
  };
}

/** Cells that the outputs of a dimension lie in. */
function cellCount({ output, padBegin, stride }: TransposedAxis): number {
  return ceilDiv(output + (padBegin % stride), stride);
}

/** Whether strips are faster than one row of a phase at a time. */
export function slidesTransposed(plan: TransposedPlan, device: DeviceProfile): boolean {
  const cells = cellsOf(plan, device);
  return cells !== undefined && slidesWell(cells.strips, device);
}

/** The dispatch. */
export function transposedSlideCalls(context: TransposedContext): readonly TransposedCall[] | undefined {
  const { device, node } = context;
  const plan = transposedPlan(context);
  const cells = plan && cellsOf(plan, device);
  if (!cells) return undefined;
  const { kernel, strides, width, strips } = cells;
  const { xType, wType, epilogue } = plan;
  const software = device.adapterClass === 'software';
  return [
    {
      shader: convTransposedSlideShader({
        kernel,
        strides,
        pixels: PIXELS,
        width,
        workgroup: strips.workgroup,
        weightLoop: software,
        xType,
        wType,
        ...epilogue.spec,
      }),
      operands: [value(node.inputs[0]), value(node.inputs[1]), ...epilogue.operands],
      params: {
        ...cells.params,
        x_offset: plan.params['x_offset'] ?? 0,
        x_pitch: plan.params['x_pitch'] ?? 0,
        ...strips.params,
        ...(software ? { taps: kernel[0] * kernel[1] } : {}),
        ...epilogue.params,
      },
      workgroups: dispatch1d(strips.params.count, strips.workgroup, device),
    },
  ];
}
