/** Which kernels a transposed convolution has, and which of them to try first. */
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import { lanesOf } from '../lib/lanes.ts';
import type { ColumnTile } from './implicit-columns.ts';
import { tiledName } from '../product/tiled.ts';
import { stripName } from './implicit-choices.ts';
import type { StripTile } from './implicit-strip.ts';
import { foldExtents, transposedFoldCalls } from './transposed-fold.ts';
import {
  transposedColumnCalls,
  transposedDepthwiseCalls,
  transposedRowCalls,
  type RowTile,
  type TransposedCall,
} from './transposed-phases.ts';
import { cellPlan, cellStrip, transposedStripCalls, transposedTiledCalls } from './transposed-products.ts';
import { slidesTransposed, transposedSlideCalls } from './transposed-slide.ts';
import { transposedPlan, type TransposedContext, type TransposedPlan } from './transposed-plan.ts';
import { fastestTiles, WHOLE_SUMS } from './whole-sums.ts';

interface TransposedKernel {
  readonly name: string;
  calls(context: TransposedContext): readonly TransposedCall[] | undefined;
}

/** Lanes with channels of their own. */
const COLUMNS = [
  { pixels: 24, quads: 1 },
  { pixels: 16, quads: 1 },
  { pixels: 16, quads: 2 },
] as const satisfies readonly ColumnTile[];

/** Lanes with pixels of their own, and without subgroups. */
const ROWS: readonly RowTile[] = [
  { pixels: 8, quads: 1, subgroups: true },
  { pixels: 4, quads: 2, subgroups: true },
  { pixels: 4, quads: 2, subgroups: false },
  { pixels: 4, quads: 1, subgroups: false },
];

const columnName = ({ pixels, quads }: ColumnTile): string => `phases-columns-${pixels}x${4 * quads}`;
const rowName = ({ pixels, quads, subgroups }: RowTile): string =>
  `phases-${subgroups ? 'rows' : 'registers'}-${pixels}x${4 * quads}`;

const FOLD = 'product';

/** Strips of cells, and without subgroups. */
const STRIP: StripTile = { pixels: 7, quads: 4, subgroups: true };
const REGISTERS: StripTile = { pixels: 4, quads: 4, subgroups: false };

const CELLS = 'cells-';

/** All of them but the one that takes every shape. */
export const TRANSPOSED_KERNELS: readonly TransposedKernel[] = [
  { name: 'phases-depthwise', calls: transposedDepthwiseCalls },
  { name: 'phases-depthwise-slide', calls: transposedSlideCalls },
  ...COLUMNS.map((tile) => ({
    name: columnName(tile),
    calls: (context: TransposedContext) => transposedColumnCalls(context, tile),
  })),
  ...ROWS.map((tile) => ({
    name: rowName(tile),
    calls: (context: TransposedContext) => transposedRowCalls(context, tile),
  })),
  { name: FOLD, calls: transposedFoldCalls },
  ...[STRIP, REGISTERS].map((tile) => ({
    name: CELLS + stripName(tile),
    calls: (context: TransposedContext) => transposedStripCalls(context, tile),
  })),
  ...WHOLE_SUMS.map((tile) => ({
    name: CELLS + tiledName(tile),
    calls: (context: TransposedContext) => transposedTiledCalls(context, tile),
  })),
];

/** What things cost on a software adapter. */
interface Costs {
  /** Lanes of a subgroup. */
  readonly size: number;
  /** A load, in vector multiply-adds, as for matrix products (kernels/product/software.ts). */
  readonly load: number;
  /**
   * Two quads beside two of one: 4×4 at stride 2 on 32²×128 → 64 and 28²×21 → 21 take 1.2 to 1.7 times as long on lavapipe, and on
   * SwiftShader what the loads say.
   */
  readonly two: number;
  /**
   * A strip of cells beside what its loads and products say. One of a window is a pipeline of its own, and columns one for every
   * window; but SwiftShader takes 0.5 to 0.9 times as long (2×2 and 4×4 at stride 2 on 28² to 112² pixels).
   */
  readonly strip: number;
}

const COSTS = { wide: { load: 23.5, two: 1.25, strip: 1.05 }, narrow: { load: 5, two: 1, strip: 0.8 } };

/** Estimated time of four input channels of a tap of a phase on a software adapter. */
function columnCost(
  plan: Pick<TransposedPlan, 'groupOut' | 'pixels'>,
  { pixels, quads }: ColumnTile,
  { size, load, two }: Costs,
): number {
  const blocks = ceilDiv(plan.groupOut, 4 * quads * size);
  const tiles = blocks * ceilDiv(plan.pixels, pixels) * (quads > 1 ? two : 1);
  return tiles * (16 * pixels * quads + load * (ceilDiv(pixels, size) + 4 * quads));
}

function rowCost(plan: TransposedPlan, { pixels, quads, subgroups }: RowTile, { size, load, two }: Costs): number {
  const blocks = ceilDiv(plan.groupOut, 4 * quads);
  const loads = pixels + (subgroups ? ceilDiv(4 * quads, size) : 4 * quads);
  const runs = subgroups ? ceilDiv(plan.pixels, pixels * size) : ceilDiv(plan.pixels, pixels) / size;
  return blocks * runs * (quads > 1 ? two : 1) * (16 * pixels * quads + load * loads);
}

/**
 * What it costs to add up the parts of a product, in the unit of `columnCost`: a vector, its place found and stored or loaded, as
 * one of Winograd's transforms, and one more dispatch (winograd-choice.ts).
 */
const FOLD_COST = { vector: 72, dispatch: 65_000 };

/** Estimated time of one product of all pixels and the whole kernel and of the sums, shared out as that of `columnCost` is. */
function foldCost(plan: TransposedPlan, costs: Costs): number {
  const { pixels, taps, quads, columns } = foldExtents(plan);
  // Each element of the kernel is a tap of one phase.
  const steps = taps * ceilDiv(plan.groupIn, 4);
  const products = columnCost({ groupOut: columns, pixels }, COLUMNS[0], costs) / taps;
  const stored = (pixels * columns) / 4 / costs.size;
  const sums = ((taps / plan.phases + 1) * plan.phases * plan.pixels * quads) / costs.size;
  return products + (stored * costs.load + sums * FOLD_COST.vector + FOLD_COST.dispatch) / steps;
}

/** Estimated time of the strip of subgroups, in the unit of `columnCost`; infinite where it does not apply. */
function stripCost(plan: TransposedPlan, tile: StripTile, { size, load, strip }: Costs): number {
  const conv = cellPlan(plan);
  if (!conv) return Infinity;
  const { pixels, quads } = cellStrip(conv, tile);
  const [lines, taps] = conv.spec.kernel;
  const blocks = ceilDiv(conv.groupOut, 4 * quads);
  const strips = ceilDiv(conv.batch * conv.params.out_h * ceilDiv(conv.params.out_w, pixels), size);
  const loads = pixels + taps - 1 + ceilDiv(4 * quads * taps, size);
  const step = 16 * pixels * quads * taps + load * loads;
  return (strip * blocks * strips * lines * step) / kernelOf(plan);
}

/** Elements of the kernel. */
function kernelOf({ axes }: TransposedPlan): number {
  return product(axes.map(({ kernel }) => kernel));
}

/** Whether cells need fewer products than phases: of less than four channels, which leave lanes of a vector of one phase idle. */
function savesProducts(plan: TransposedPlan): boolean {
  const conv = cellPlan(plan);
  return conv !== undefined && conv.groupOut * product(conv.spec.kernel) < 4 * kernelOf(plan);
}

/**
 * Those that need no subgroups. Of two quads three in five instructions multiply and add, of one not half (RADV for RDNA 3, no
 * hardware): a GPU takes two where a group has them. A software adapter gets the smaller text.
 */
function withoutSubgroups({ groupOut }: TransposedPlan, { adapterClass }: DeviceProfile): string[] {
  const names = ROWS.filter(({ subgroups }) => !subgroups).map(rowName);
  return adapterClass === 'software' || groupOut <= 4 ? names.toReversed() : names;
}

/**
 * Strips of cells where they save products: then three in four instructions multiply and add, beside not half by phases (as above),
 * and to one channel lavapipe without subgroups takes less than half the time.
 */
function stripsOfFew(plan: TransposedPlan): string[] {
  return savesProducts(plan) ? [CELLS + stripName(REGISTERS)] : [];
}

/** Those of GPUs: tiles where workgroup memory is fast, as for other convolutions. */
function byGpu(plan: TransposedPlan, device: DeviceProfile): string[] {
  return [...stripsOfFew(plan), ...fastestTiles(cellPlan(plan), device, CELLS), ...withoutSubgroups(plan, device)];
}

/**
 * Names of variants in the order in which they should be tried. On lavapipe the first is 7.5 times as fast as `gather` for
 * 4×4 at stride 2 on 16²×128 → 64, 8 for 2×2 on 14²×256 → 128, and 2.8 for three channels of 32²×64.
 */
export function preferredTransposed(context: TransposedContext): readonly string[] {
  const plan = transposedPlan(context);
  if (!plan) return ['gather'];
  const { device } = context;
  const first = [...(slidesTransposed(plan, device) ? ['phases-depthwise-slide'] : []), 'phases-depthwise'];
  if (device.adapterClass !== 'software' || device.subgroupSize === undefined) {
    return [...first, ...byGpu(plan, device), 'gather'];
  }
  const costs = { size: device.subgroupSize, ...COSTS[lanesOf(device)] };
  const choices = [
    ...COLUMNS.map((tile) => ({ name: columnName(tile), cost: columnCost(plan, tile, costs) })),
    { name: FOLD, cost: foldCost(plan, costs) },
    { name: CELLS + stripName(STRIP), cost: stripCost(plan, STRIP, costs) },
    ...ROWS.map((tile) => ({ name: rowName(tile), cost: rowCost(plan, tile, costs) })),
  ];
  return [...first, ...choices.sort((a, b) => a.cost - b.cost).map(({ name }) => name), 'gather'];
}
