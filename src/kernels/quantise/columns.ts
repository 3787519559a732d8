/** The integer convolution by subgroups: its tiles, which are worth trying, and its dispatch. */
import { qLinearColumnsShader, type QLinearColumnsSpec } from '../../../shaders/quantise/q-linear-columns.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind, Requantised } from '../../ir/ops.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { result, value, variant, type KernelCall, type LowerContext, type Variant } from '../definition.ts';
import { hasSubgroups } from '../product/subgroup-tiles.ts';
import { packForPositive, packWeights, type PackedWeights, type Packing } from '../lib/int8-weights.ts';
import { lanesOf } from '../lib/lanes.ts';
import { heldIn, wordSource, writesWords } from '../lib/quantised-conv.ts';
import { windowShape, type PlanarWindow } from '../lib/window.ts';

/** What a lane makes, and what its sums are added up in. */
type ColumnsTile = Pick<QLinearColumnsSpec, 'pixels' | 'quads' | 'sums'>;

const tile = (pixels: number, quads: number, sums: ColumnsTile['sums']): ColumnsTile => ({ pixels, quads, sums });

/** The tiles. Maps of 224 pixels and their halves are multiples of 49. */
const COLUMNS_TILES: readonly ColumnsTile[] = [
  tile(49, 1, 'i32'),
  tile(25, 1, 'i32'),
  tile(16, 1, 'i32'),
  tile(8, 1, 'i32'),
  tile(16, 2, 'f32'),
  tile(8, 2, 'f32'),
];

/** `columns-49x4`, `columns-16x8-f32`: pixels × channels of a lane. */
function columnsTileName({ pixels, quads, sums }: ColumnsTile): string {
  return `columns-${pixels}x${4 * quads}${sums === 'f32' ? '-f32' : ''}`;
}

/**
 * 10⁹ multiply-adds a second and core of products of 196×384×64, of the tiles worth trying: with eight lanes or more (lavapipe)
 * integers are faster than floats, with four (SwiftShader) it is the other way.
 */
const SPEEDS: Readonly<Record<'wide' | 'narrow', Readonly<Record<string, number>>>> = {
  wide: { 'columns-49x4': 20, 'columns-25x4': 18, 'columns-16x4': 16.4, 'columns-8x4': 14.5 },
  narrow: { 'columns-8x8-f32': 1.66, 'columns-16x8-f32': 1.62, 'columns-16x4': 0.66 },
};

/** The extents of a convolution that a tile has to cover. */
export interface ColumnsExtent {
  readonly pixels: number;
  readonly group: number;
  readonly groupOut: number;
}

/** Workgroups of a tile, where the device takes them. */
function columnsGroups(
  { pixels, group, groupOut }: ColumnsExtent,
  tile: ColumnsTile,
  device: DeviceProfile,
): readonly [number, number, number] | undefined {
  const size = device.subgroupSize;
  if (size === undefined || !hasSubgroups(device)) return undefined;
  if (size > device.limits.maxComputeInvocationsPerWorkgroup) return undefined;
  // Four lanes would share out the pixels of the others in many rounds: SwiftShader compiles those for ten seconds.
  if (lanesOf(device) === 'narrow' && !(columnsTileName(tile) in SPEEDS.narrow)) return undefined;
  const groups = [ceilDiv(groupOut, 4 * tile.quads * size), ceilDiv(pixels, tile.pixels), group] as const;
  return groups.every((n) => n <= device.limits.maxComputeWorkgroupsPerDimension) ? groups : undefined;
}

/** The tile that most layers take, so that its pipeline is there already. */
const COMMON = { wide: 'columns-49x4', narrow: 'columns-8x8-f32' };

/** Of strips without subgroups. */
const STRIP_SPEEDS = { wide: 4, narrow: 0.17 };

/** How many times as fast as the common tile another has to be: software adapters take 0.1 to 0.7 s to compile one more. */
const COMPILE_CHARGE = 1.5;

/** Names of variants on a software adapter, by the part of a tile's work that is not wasted. */
export function softwareColumns(extent: ColumnsExtent, device: DeviceProfile): string[] {
  const lanes = lanesOf(device);
  const { pixels, groupOut } = extent;
  const candidates = COLUMNS_TILES.flatMap((tile) => {
    const name = columnsTileName(tile);
    const speed = SPEEDS[lanes][name];
    const groups = columnsGroups(extent, tile, device);
    if (!groups || speed === undefined) return [];
    const made = groups[0] * groups[1] * 4 * tile.quads * (device.subgroupSize ?? 1) * tile.pixels;
    const charge = name === COMMON[lanes] ? 1 : COMPILE_CHARGE;
    return [{ name, value: (speed * pixels * groupOut) / made / charge }];
  });
  const names = [...candidates, { name: 'strip', value: STRIP_SPEEDS[lanes] }]
    .sort((a, b) => b.value - a.value)
    .map(({ name }) => name);
  // What these do not take stays out of workgroup memory, too.
  return [...names, 'neighbours'];
}

/** What the convolution is made of: x is input 0, y's zero point input 7. */
export interface ColumnsConv {
  readonly window: Pick<PlanarWindow, 'spec' | 'batch' | 'params'>;
  readonly weights: PackedWeights;
  readonly range: Requantised['range'];
}

/** A plan of a variant. */
interface ColumnsPlan {
  readonly conv: ColumnsConv;
  readonly workgroups: readonly [number, number, number];
}

/** Variants by tile, for the nodes that are such convolutions. */
export function columnsVariants<K extends OpKind>(
  extentOf: (context: LowerContext<K>) => ColumnsExtent | undefined,
  convOf: (context: LowerContext<K>, pack: Packing) => ColumnsConv,
): Variant<K>[] {
  return COLUMNS_TILES.map((tile) =>
    variant<K, ColumnsPlan>(
      columnsTileName(tile),
      (context) => {
        const extent = extentOf(context);
        const workgroups = extent && columnsGroups(extent, tile, context.device);
        if (!workgroups || !writesWords(context, extent.groupOut)) return undefined;
        const conv = convOf(context, tile.sums === 'i32' ? packForPositive : packWeights);
        return tile.sums === 'i32' || conv.weights.small ? { conv, workgroups } : undefined;
      },
      (context, { conv, workgroups }) => columnsCalls(context, conv, tile, workgroups),
    ),
  );
}

/** Nothing for an output without elements. */
function columnsCalls<K extends OpKind>(
  context: LowerContext<K>,
  { window, weights, range }: ColumnsConv,
  tile: ColumnsTile,
  workgroups: readonly [number, number, number],
): readonly Omit<KernelCall, 'variant'>[] {
  const { inputs, outputs } = context.node;
  const { params, batch } = window;
  const y = result(context);
  if (elementCount(y.shape) === 0) return [];
  const { words, channels, rule, zeroPoints, small, params: packed } = weights;
  return [
    {
      shader: qLinearColumnsShader({
        source: wordSource(context, params, weights),
        rule,
        small,
        ...tile,
        size: context.device.subgroupSize ?? 1,
        zeroPoints,
        y: y.storage,
      }),
      operands: [value(inputs[0]), words, channels, value(outputs[0])],
      params: {
        ...params,
        ...windowShape(window),
        ...packed,
        pixels: batch * params.out_h * params.out_w,
        tile_pixels: tile.pixels,
        ...heldIn(context, range),
      },
      workgroups,
    },
  ];
}
