/** A transposed convolution as phases (shaders/lib/phases.ts): what its kernels have in common. */
import { convTransposedPackShader, TRANSPOSED_PACK_WORKGROUP } from '../../../shaders/conv/transposed-pack.ts';
import { largestBinding } from '../../core/limits.ts';
import { isVectorised } from '../../core/placement.ts';
import { bytesOf, floatStorage, type FloatStorage } from '../../core/storage.ts';
import { transposedAxes, type TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { at, ceilDiv, product, roundUp } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type LowerContext, type PreparedOperand } from '../definition.ts';
import { epilogueOf, type Epilogue } from '../lib/epilogue.ts';

/** Lowering of a transposed convolution. */
export type TransposedContext = LowerContext<'ConvTranspose'>;

/** A transposed convolution as the kernels by phases see it. */
export interface TransposedPlan {
  readonly axes: readonly TransposedAxis[];
  readonly batch: number;
  readonly group: number;
  readonly groupIn: number;
  readonly groupOut: number;
  readonly outC: number;
  /** How many phases there are, and the pixels of the largest, in all images. */
  readonly phases: number;
  readonly pixels: number;
  /** Taps of the phase that has the most. */
  readonly taps: number;
  readonly epilogue: Epilogue;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
  /** True when x can be read in vectors of four channels. */
  readonly xVector: boolean;
  /** Values for `PHASE_PARAMS`, `X_PARAMS` and `batch`. */
  readonly params: Readonly<Record<string, number>>;
}

/** Products of remainders have to fit 32 bits. */
const WIDEST_STRIDE = 2 ** 15;

/** A dimension that is not there. */
const NONE: TransposedAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, padBegin: 0 };

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The x with a·x = 1 modulo m, for a and m without a common divisor. */
function inverseOf(a: number, m: number): number {
  let [r, next, x, nextX] = [m, a % m, 0, 1];
  while (next > 0) {
    const q = Math.floor(r / next);
    [r, next, x, nextX] = [next, r - q * next, nextX, x - q * nextX];
  }
  return ((x % m) + m) % m;
}

/** What the kernels ask of a dimension, beside its extents. */
function phasesOf({ stride, dilation, output, kernel }: TransposedAxis) {
  const common = commonDivisor(stride, dilation);
  const step = stride / common;
  const shift = dilation / common;
  return {
    phases: Math.min(stride, output),
    common,
    step,
    shift,
    inverse: inverseOf(shift, step),
    taps: ceilDiv(kernel, step),
    extent: ceilDiv(output, stride),
  };
}

/** Values for `PHASE_PARAMS` (shaders/lib/phases.ts), of one to three dimensions. */
export function phaseParams(axes: readonly TransposedAxis[]): Record<string, number> {
  const params: Record<string, number> = {};
  ['d', 'h', 'w'].forEach((d, i) => {
    const axis = axes[i - 3 + axes.length] ?? NONE;
    const { phases, common, step, shift, inverse } = phasesOf(axis);
    const { input, output, kernel, stride, dilation, padBegin } = axis;
    const fields = { in: input, out: output, kernel, stride, dilation, pad: padBegin };
    for (const [name, n] of Object.entries({ ...fields, phases, common, step, shift, inverse }))
      params[`${name}_${d}`] = n;
  });
  return params;
}

/** The plan of a transposed convolution; nothing where a stride is too wide, or there are more phases than workgroups. */
export function transposedPlan(context: TransposedContext): TransposedPlan | undefined {
  const { attributes } = context.node;
  const [x, w, y] = [required(context, 0), required(context, 1), result(context)];
  const axes = transposedAxes(attributes, x.shape.slice(1, -1), w.shape.slice(0, -2));
  const phased = axes.map(phasesOf);
  const phases = product(phased.map((axis) => axis.phases));
  const fits = phases <= context.device.limits.maxComputeWorkgroupsPerDimension;
  if (!fits || axes.some(({ stride }) => stride > WIDEST_STRIDE)) return undefined;
  const { group } = attributes;
  const batch = at(x.shape, 0);
  const outC = at(y.shape, y.shape.length - 1);
  return {
    axes,
    batch,
    group,
    groupIn: at(x.shape, x.shape.length - 1) / group,
    groupOut: outC / group,
    outC,
    phases,
    pixels: batch * product(phased.map(({ extent }) => extent)),
    taps: product(phased.map(({ taps }) => taps)),
    epilogue: epilogueOf(context, attributes.activation, { bias: 2 }),
    xType: floatStorage(x),
    wType: floatStorage(w),
    xVector: isVectorised(x.placement, x.shape),
    params: { ...phaseParams(axes), batch, x_offset: x.placement.offset, x_pitch: x.placement.pitch },
  };
}

/** Weights phase by phase, and what the kernels have to know of them. */
export interface PhaseWeights {
  readonly operand: PreparedOperand;
  readonly quads: number;
  /** Values for `TRANSPOSED_PARAMS` (shaders/conv/transposed-columns.ts). */
  readonly params: Readonly<Record<string, number>>;
}

/** How much larger they may be than the kernel: phases without as many taps as others are filled up with zeros. */
const MOST_FILLED = 4;

/** The weights in this order. Nothing where they are no constant, or the device cannot bind them so. */
export function phaseWeights(
  { node, device, constant }: TransposedContext,
  plan: TransposedPlan,
): PhaseWeights | undefined {
  const { axes, group, groupIn, groupOut, outC, phases, taps, wType, params } = plan;
  const source = constant(node.inputs[1] ?? '');
  const depth = roundUp(groupIn, 4);
  const quads = ceilDiv(groupOut, 4);
  const rows = taps * depth;
  const count = product([group, phases, rows, quads]);
  const filled = phases * taps > MOST_FILLED * product(axes.map(({ kernel }) => kernel));
  if (!source || filled || bytesOf(wType, count * 4) > largestBinding(device)) return undefined;
  const { batch: _, x_offset: __, x_pitch: ___, ...window } = params;
  const order = { phases, rows, depth, quads, group_in: groupIn, group_out: groupOut };
  return {
    operand: {
      kind: 'prepared',
      source,
      key: `transposed ${Object.values({ ...window, ...order, group }).join('×')}, ${wType}`,
      elements: count * 4,
      storage: wType,
      shader: convTransposedPackShader({ outType: wType }),
      params: { ...window, ...order, count, out_c: outC },
      workgroups: dispatch1d(count, TRANSPOSED_PACK_WORKGROUP, device),
    },
    quads,
    params: { ...params, phases, rows, depth, row_quads: quads, group_in: groupIn, group_out: groupOut },
  };
}

/** x, the weights, bias?, y: the binding order of the kernels by phases. */
export function transposedOperands(
  { node }: TransposedContext,
  { epilogue }: TransposedPlan,
  { operand }: PhaseWeights,
) {
  return [value(node.inputs[0]), operand, ...epilogue.operands];
}

/** The part of a kernel's spec that the plan says. */
export function transposedSpec({ groupIn, groupOut, xVector, epilogue, xType, wType }: TransposedPlan) {
  return {
    inVector: xVector && groupIn % 4 === 0 ? 4 : 1,
    outVector: groupOut % 4 === 0 && epilogue.vector ? 4 : 1,
    xType,
    wType,
    ...epilogue.spec,
  } as const;
}
