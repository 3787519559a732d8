/** Which kernels a transposed convolution has, and which of them to try first. */
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { lanesOf } from '../lib/lanes.ts';
import type { ColumnTile } from './implicit-columns.ts';
import {
  transposedColumnCalls,
  transposedDepthwiseCalls,
  transposedRowCalls,
  type RowTile,
  type TransposedCall,
} from './transposed-phases.ts';
import { transposedPlan, type TransposedContext, type TransposedPlan } from './transposed-plan.ts';

interface TransposedKernel {
  readonly name: string;
  calls(context: TransposedContext): readonly TransposedCall[] | undefined;
}

/** Lanes with channels of their own. */
const COLUMNS: readonly ColumnTile[] = [
  { pixels: 25, quads: 1 },
  { pixels: 16, quads: 1 },
  { pixels: 16, quads: 2 },
];

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

/** All of them but the one that takes every shape. */
export const TRANSPOSED_KERNELS: readonly TransposedKernel[] = [
  { name: 'phases-depthwise', calls: transposedDepthwiseCalls },
  ...COLUMNS.map((tile) => ({
    name: columnName(tile),
    calls: (context: TransposedContext) => transposedColumnCalls(context, tile),
  })),
  ...ROWS.map((tile) => ({
    name: rowName(tile),
    calls: (context: TransposedContext) => transposedRowCalls(context, tile),
  })),
];

/** What a load costs on a software adapter, in vector multiply-adds, as for matrix products (kernels/product/software.ts). */
const LOAD = { wide: 23.5, narrow: 5 };

/** Estimated time of four input channels of all taps on a software adapter. */
function columnCost(plan: TransposedPlan, { pixels, quads }: ColumnTile, load: number, size: number): number {
  const blocks = ceilDiv(plan.groupOut, 4 * quads * size);
  return blocks * ceilDiv(plan.pixels, pixels) * (16 * pixels * quads + load * (ceilDiv(pixels, size) + 4 * quads));
}

function rowCost(plan: TransposedPlan, { pixels, quads, subgroups }: RowTile, load: number, size: number): number {
  const blocks = ceilDiv(plan.groupOut, 4 * quads);
  const loads = pixels + (subgroups ? ceilDiv(4 * quads, size) : 4 * quads);
  const runs = subgroups ? ceilDiv(plan.pixels, pixels * size) : ceilDiv(plan.pixels, pixels) / size;
  return blocks * runs * (16 * pixels * quads + load * loads);
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
 * Names of variants in the order in which they should be tried. On lavapipe the first is 7.5 times as fast as `gather` for
 * 4×4 at stride 2 on 16²×128 → 64, 8 for 2×2 on 14²×256 → 128, and 2.8 for three channels of 32²×64.
 */
export function preferredTransposed(context: TransposedContext): readonly string[] {
  const plan = transposedPlan(context);
  if (!plan) return ['gather'];
  const { device } = context;
  const first = ['phases-depthwise'];
  if (device.adapterClass !== 'software' || device.subgroupSize === undefined) {
    return [...first, ...withoutSubgroups(plan, device), 'gather'];
  }
  const size = device.subgroupSize;
  const load = LOAD[lanesOf(device)];
  const choices = [
    ...COLUMNS.map((tile) => ({ name: columnName(tile), cost: columnCost(plan, tile, load, size) })),
    ...ROWS.map((tile) => ({ name: rowName(tile), cost: rowCost(plan, tile, load, size) })),
  ];
  return [...first, ...choices.sort((a, b) => a.cost - b.cost).map(({ name }) => name), 'gather'];
}
