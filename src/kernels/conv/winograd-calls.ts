/**
 * Convolution 3×3 at stride 1 as Winograd F(m×m, 3×3) (Lavin & Gray, arXiv:1509.09308): pixels and weights are
 * transformed, multiplied as one matrix product for each of (m + 2)² points, and transformed back. Pixels a dilation apart are
 * images of their own: tiles of a dilated one lie in these.
 */
import { convWinogradInputShader, WINOGRAD_INPUT_WORKGROUP } from '../../../shaders/conv/winograd-input.ts';
import { convWinogradOutputShader, WINOGRAD_OUTPUT_WORKGROUP } from '../../../shaders/conv/winograd-output.ts';
import { convWinogradWeightsShader, WINOGRAD_WEIGHTS_WORKGROUP } from '../../../shaders/conv/winograd-weights.ts';
import { tileExtent, tilePoints, type TileOutputs } from '../../../shaders/lib/winograd.ts';
import type { AdapterClass } from '../../core/limits.ts';
import type { Tensor } from '../../core/tensor.ts';
import { bytesOf, type FloatStorage } from '../../core/storage.ts';
import { ceilDiv, product, range } from '../../util/arrays.ts';
import { dispatch1d, required, result, value } from '../definition.ts';
import type { CallOperand, KernelCall, PreparedOperand } from '../definition.ts';
import { lanesOf } from '../lib/lanes.ts';
import { convPlan, type ConvContext, type ConvPlan } from './shared.ts';
import { isWinograd } from './winograd-names.ts';
import {
  pointProductChoice,
  type PointOperands,
  type PointProductChoice,
  type PointProducts,
  type ProductFamily,
} from './winograd-products.ts';

/** A convolution in the transformed domain. */
export interface WinogradPlan extends ConvPlan {
  readonly wType: FloatStorage;
  readonly outputs: TileOutputs;
  readonly weights: Tensor;
  readonly tilesH: number;
  readonly tilesW: number;
  /** Tiles of all images, and how many of them are transformed at a time. */
  readonly tiles: number;
  readonly chunk: number;
  /** Vectors of four input channels and of four output channels. */
  readonly kQuads: number;
  readonly quads: number;
}

/**
 * Scratch memory that is worth having, in bytes: about what a core's cache holds, as a chunk is written and read at once.
 * In chunks of an eighth of x and y together, lavapipe runs 224²×64 in 77 ms of processor time, all at once in 91; 56²×64
 * takes 5.4 either way.
 */
const SCRATCH: { readonly [K in AdapterClass]: number } = {
  software: 1 << 20,
  mobile: 4 << 20,
  integrated: 8 << 20,
  discrete: 32 << 20,
};

/** Scratch memory may also take this part of what x and y take. */
const SCRATCH_PART = 1 / 8;

/** Chunks are whole multiples of this many tiles, the rows of the product kernels' common tiles. */
const CHUNK_STEP = { wide: 25, narrow: 16, other: 128 };

/** The plan of a convolution with tiles of `outputs` × `outputs`; nothing where it is no Winograd convolution. */
export function winogradPlan(context: ConvContext, outputs: TileOutputs): WinogradPlan | undefined {
  const plan = convPlan(context);
  const { params, batch, wType } = plan;
  const weights = context.constant(context.node.inputs[1] ?? '');
  // Transformed, bytes would take sixteen times their memory.
  if ((wType !== 'f32' && wType !== 'f16') || !weights || !isWinograd(context.node.attributes, weights.shape))
    return undefined;
  const [phasesH, phasesW] = phasesOf(plan);
  const tilesH = phasesH * ceilDiv(ceilDiv(params.out_h, plan.spec.dilations[0]), outputs);
  const tilesW = phasesW * ceilDiv(ceilDiv(params.out_w, plan.spec.dilations[1]), outputs);
  const tiles = batch * tilesH * tilesW;
  const kQuads = ceilDiv(params.in_c, 4);
  const quads = ceilDiv(params.out_c, 4);
  const chunk = chunkOf(context, tiles, bytesOf('f32', tilePoints(outputs) * 4 * (kQuads + quads)));
  const largest = tilePoints(outputs) * 4 * Math.max(kQuads * 4 * quads, chunk * kQuads, chunk * quads);
  if (bytesOf('f32', largest) > context.device.limits.maxStorageBufferBindingSize) return undefined;
  return { ...plan, wType, outputs, weights, tilesH, tilesW, tiles, chunk, kQuads, quads };
}

/** Images that the outputs make, where a dilated window sees every so many pixels alone: down and across. */
function phasesOf({ spec, params }: ConvPlan): readonly [number, number] {
  return [Math.min(spec.dilations[0], params.out_h), Math.min(spec.dilations[1], params.out_w)];
}

function isDilated({ spec }: ConvPlan): boolean {
  return spec.dilations.some((dilation) => dilation > 1);
}

/** How many of the tiles to transform at a time. */
function chunkOf(context: ConvContext, tiles: number, bytesPerTile: number): number {
  const { adapterClass } = context.device;
  const step = CHUNK_STEP[adapterClass === 'software' ? lanesOf(context.device) : 'other'];
  const around = bytesOf('f32', product(required(context, 0).shape) + product(result(context).shape));
  const most = Math.max(SCRATCH[adapterClass], around * SCRATCH_PART) / bytesPerTile;
  const even = ceilDiv(tiles, Math.max(1, ceilDiv(tiles, Math.max(step, most))));
  return Math.min(tiles, ceilDiv(even, step) * step);
}

/** The shaders' loops stay loops where compiling a shader costs more than running it. */
function isRolled({ device }: ConvContext): boolean {
  return device.adapterClass === 'software';
}

/** The weights, transformed. */
function weightsOperand(context: ConvContext, plan: WinogradPlan): PreparedOperand {
  const { outputs, weights, params, kQuads, quads, wType } = plan;
  const { in_c, out_c } = params;
  const count = kQuads * 4 * quads;
  const weightVector = out_c % 4 === 0 ? 4 : 1;
  return {
    kind: 'prepared',
    source: weights,
    key: `winograd ${outputs}, ${wType}`,
    elements: tilePoints(outputs) * count * 4,
    storage: 'f32',
    shader: convWinogradWeightsShader({ outputs, weightVector, wType, rolled: isRolled(context) }),
    params: { count, in_c, out_c, k_quads: kQuads, quads, side: tileExtent(outputs) },
    workgroups: dispatch1d(count, WINOGRAD_WEIGHTS_WORKGROUP, context.device),
  };
}

/**
 * The dispatches of a Winograd convolution, of all chunks; nothing where the family has no tile for the products.
 *
 * Where x or w hold infinities or NaN, so do all results of the tiles that see them, as NaN: the
 * transforms add and subtract neighbours, and ∞ − ∞ is NaN. All engines with Winograd kernels accept that.
 *
 * Rounding: with u = 2⁻²⁴ a result is off by at most about (in_c + 20)·u·a·max|x|·Σ|w|, where a is what the three transforms
 * can grow to, (max Σ |Aᵀ||G||Bᵀ|)²: 16 for F(2, 3) and 157 for F(4, 3), 860 with its usual points; a plain sum of 9·in_c
 * products has 9·in_c in place of (in_c + 20)·a. So the worst case is 1.8 and 17 times the plain sum's. Measured on ResNet's
 * layers with rectified normal pixels and He-normal weights, root mean square against float64, in the unit of the results:
 * 3e-7 to 6e-7 and 8e-7 to 1.9e-6, where the direct kernel has 2.5e-7 to 5e-7 and the implicit ones 3e-7 to 8e-7. That is
 * within the tolerance for so many accumulated terms as it is.
 */
export function winogradCalls(
  context: ConvContext,
  outputs: TileOutputs,
  family: ProductFamily,
): Omit<KernelCall, 'variant'>[] | undefined {
  const plan = winogradPlan(context, outputs);
  if (!plan) return undefined;
  const { tiles, chunk } = plan;
  const rest = tiles % chunk;
  const choiceOf = (rows: number, like?: string): PointProductChoice | undefined =>
    pointProductChoice(pointProducts(plan, rows), family, context.device, like);
  const first = choiceOf(chunk);
  // What is left over takes the tile of all others, which is there.
  const choices = rest > 0 ? [first, choiceOf(rest, first?.name)] : [first];
  if (choices.includes(undefined)) return undefined;
  const operands = pointOperands(context, plan);
  const [whole = [], last = []] = choices.map((choice, i) => {
    const products = choice?.calls(operands) ?? [];
    return chunkCalls(context, plan, { rows: i === 0 ? chunk : rest, operands, products });
  });
  const chunks = range(Math.floor(tiles / chunk)).flatMap((c) => whole.map((call) => call(c * chunk)));
  return [...chunks, ...last.map((call) => call(tiles - rest))];
}

/** Some tiles that are transformed and multiplied at a time. */
interface Chunk {
  readonly rows: number;
  readonly operands: PointOperands;
  readonly products: readonly Omit<KernelCall, 'variant'>[];
}

/** The dispatches of one chunk, by its first tile. */
function chunkCalls(
  context: ConvContext,
  plan: WinogradPlan,
  chunk: Chunk,
): ((first: number) => Omit<KernelCall, 'variant'>)[] {
  const [input, output] = [inputCall(context, plan, chunk), outputCall(context, plan, chunk)];
  return [
    (first) => ({ ...input, params: { ...input.params, first } }),
    ...chunk.products.map((call) => () => call),
    (first) => ({ ...output, params: { ...output.params, first } }),
  ];
}

/** The products of `rows` tiles. */
export function pointProducts({ outputs, kQuads, quads }: WinogradPlan, rows: number): PointProducts {
  return { points: tilePoints(outputs), rows, depth: kQuads * 4, columns: quads * 4 };
}

function pointOperands(context: ConvContext, plan: WinogradPlan): PointOperands {
  const { outputs, kQuads, quads, chunk } = plan;
  const scratch = (id: string, vectors: number): CallOperand => {
    return { kind: 'scratch', id, elements: tilePoints(outputs) * chunk * vectors * 4 };
  };
  return { v: scratch('v', kQuads), u: weightsOperand(context, plan), m: scratch('m', quads) };
}

/** Values for `TILE_PARAMS`, `SIDE_PARAM` and `DILATED_TILE_PARAMS`, but for the count and the first tile. */
function tileValues(plan: WinogradPlan, { rows }: Chunk) {
  const [phases_h, phases_w] = phasesOf(plan);
  const [dilation_h, dilation_w] = plan.spec.dilations;
  return {
    tiles: rows,
    tiles_h: plan.tilesH,
    tiles_w: plan.tilesW,
    side: tileExtent(plan.outputs),
    ...(isDilated(plan) ? { phases_h, phases_w, dilation_h, dilation_w } : {}),
  };
}

function inputCall(context: ConvContext, plan: WinogradPlan, chunk: Chunk): Omit<KernelCall, 'variant'> {
  const { outputs, xType, params, xParams, kQuads } = plan;
  const count = chunk.rows * kQuads;
  const inVector = plan.xVector ? 4 : 1;
  return {
    shader: convWinogradInputShader({ outputs, inVector, xType, rolled: isRolled(context), dilated: isDilated(plan) }),
    operands: [value(context.node.inputs[0]), chunk.operands.v],
    params: { ...params, ...xParams, ...tileValues(plan, chunk), count, k_quads: kQuads },
    workgroups: dispatch1d(count, WINOGRAD_INPUT_WORKGROUP, context.device),
  };
}

function outputCall(context: ConvContext, plan: WinogradPlan, chunk: Chunk): Omit<KernelCall, 'variant'> {
  const { outputs, params, quads, epilogue } = plan;
  const { out_h, out_w, out_c } = params;
  const count = chunk.rows * quads;
  const outVector = epilogue.vector ? 4 : 1;
  return {
    shader: convWinogradOutputShader({
      outputs,
      outVector,
      rolled: isRolled(context),
      dilated: isDilated(plan),
      ...epilogue.spec,
    }),
    operands: [chunk.operands.m, ...epilogue.operands],
    params: { ...tileValues(plan, chunk), count, out_h, out_w, out_c, quads, ...epilogue.params },
    workgroups: dispatch1d(count, WINOGRAD_OUTPUT_WORKGROUP, context.device),
  };
}
