/** Depthwise convolution by strips that slide down the image: the fewest loads for an output. */
import { convDepthwiseSlideShader } from '../../../shaders/conv/depthwise-slide.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, variant, type KernelCall, type Variant } from '../definition.ts';
import { convOperands, convPlan, type ConvContext, type ConvPlan } from './shared.ts';

/**
 * Widths of a strip, in pixels: where the stride is 1, and where it is more. Wide strips share less then, and two pixels
 * win on lavapipe (56×56×144, stride 2: 0.24 ms against 0.36 with four).
 */
const WIDTHS = [4, 2] as const;

/** Kernels with more taps would keep too many weights in registers. */
const MOST_TAPS = 25;

/** The text has a line for each row and column of a stride. */
const WIDEST_STRIDE = 8;

/** Small workgroups spread evenly over the few cores of a software adapter; a GPU wants at least one full wave. */
const WORKGROUP = { software: 8, other: 64 };

/**
 * As many strips as give every core or compute unit something to do; longer ones read less. Two cores with 8 lanes each
 * are as fast with 256 strips as with 1024, and lose 10 % with 4096 (112×112×32, lavapipe).
 */
const LEAST_STRIPS = { software: 256, other: 32768 };

/** `depthwise-slide-4`: the width of the strips. */
export const depthwiseSlides: readonly Variant<'Conv'>[] = WIDTHS.map((pixels) =>
  variant<'Conv', ConvPlan>(
    `depthwise-slide-${pixels}`,
    (context) => {
      const plan = convPlan(context);
      return isSliding(plan) && widthFor(plan) === pixels ? plan : undefined;
    },
    (context, plan) => [call(context, plan, pixels)],
    { placed: true },
  ),
);

/** Whether the shader has what this convolution needs. */
function isSliding({ spec, groupIn, groupOut, params }: ConvPlan): boolean {
  const depthwise = groupIn === 1 && groupOut === 1 && params.in_c > 1;
  const { kernel, strides, dilations } = spec;
  const narrow = strides.every((s) => s <= WIDEST_STRIDE) && dilations.every((d) => d === 1);
  return depthwise && narrow && kernel[0] * kernel[1] <= MOST_TAPS;
}

function widthFor({ spec, params }: ConvPlan): 2 | 4 {
  return spec.strides[1] === 1 && params.out_w > 2 ? 4 : 2;
}

/** Blocks of channels: of four where all operands allow vectors. */
function blocksOf({ params, xVector, epilogue }: ConvPlan): { readonly width: 1 | 4; readonly blocks: number } {
  const width = xVector && epilogue.vector ? 4 : 1;
  return { width, blocks: params.out_c / width };
}

/** Rows of a strip: as many as leave enough strips. */
function rowsOf(plan: ConvPlan, strips: number, { adapterClass }: DeviceProfile): number {
  const { batch, params } = plan;
  const wanted = adapterClass === 'software' ? LEAST_STRIPS.software : LEAST_STRIPS.other;
  const segments = ceilDiv(wanted, batch * strips * blocksOf(plan).blocks);
  return ceilDiv(params.out_h, Math.min(segments, params.out_h));
}

/** A GPU has to read this much less to make up for strips being fewer than outputs. */
const LEAST_GPU_ROWS = 4;

/**
 * Names of variants in the order in which they should be tried; none where no strip slides. Software adapters gain three
 * times over one output row at a time (56×56×144: 0.43 ms against 1.5 on lavapipe, 3.0 against 8.7 on SwiftShader).
 */
export function preferredSlide(context: ConvContext): readonly string[] {
  const plan = convPlan(context);
  if (!isSliding(plan)) return [];
  const pixels = widthFor(plan);
  const software = context.device.adapterClass === 'software';
  const rows = rowsOf(plan, ceilDiv(plan.params.out_w, pixels), context.device);
  return [software || rows >= LEAST_GPU_ROWS ? `depthwise-slide-${pixels}` : 'depthwise'];
}

function call(context: ConvContext, plan: ConvPlan, pixels: number): Omit<KernelCall, 'variant'> {
  const { spec, batch, params, epilogue, xType, wType, xParams } = plan;
  const { device } = context;
  const strips = ceilDiv(params.out_w, pixels);
  const rows = rowsOf(plan, strips, device);
  const segments = ceilDiv(params.out_h, rows);
  const { width, blocks } = blocksOf(plan);
  const count = batch * segments * strips * blocks;
  const software = device.adapterClass === 'software';
  const workgroup = software ? WORKGROUP.software : WORKGROUP.other;
  const { kernel, strides } = spec;
  const taps = software ? { taps: kernel[0] * kernel[1] } : {};
  return {
    shader: convDepthwiseSlideShader({
      kernel,
      strides,
      pixels,
      width,
      workgroup,
      weightLoop: software,
      xType,
      wType,
      ...epilogue.spec,
    }),
    operands: convOperands(context, plan),
    params: { ...params, ...xParams, count, blocks, strips, segments, rows, ...taps, ...epilogue.params },
    workgroups: dispatch1d(count, workgroup, device),
  };
}
