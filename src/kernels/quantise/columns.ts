/** The integer convolution by subgroups: its tiles, which are worth trying, and its dispatch. */
import { qLinearColumnsShader, type QLinearColumnsSpec } from '../../../shaders/quantise/q-linear-columns.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { hasSubgroups } from '../product/subgroup-tiles.ts';
import { packForPositive, packWeights, type PackedWeights } from '../lib/int8-weights.ts';
import { lanesOf } from '../lib/lanes.ts';
import {
  groupOutOf,
  heldIn,
  pixelsOfConv,
  resultsOfConv,
  wordSource,
  writesWords,
  type QuantisedCall,
  type QuantisedConv,
  type QuantisedKernel,
} from '../lib/quantised-conv.ts';
import { windowShape } from '../lib/window.ts';

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

/** Workgroups of a tile, where the device takes them. */
function columnsGroups(
  conv: QuantisedConv,
  tile: ColumnsTile,
  device: DeviceProfile,
): readonly [number, number, number] | undefined {
  const size = device.subgroupSize;
  if (size === undefined || !hasSubgroups(device)) return undefined;
  if (size > device.limits.maxComputeInvocationsPerWorkgroup) return undefined;
  // Four lanes would share out the pixels of the others in many rounds: SwiftShader compiles those for ten seconds.
  if (lanesOf(device) === 'narrow' && !(columnsTileName(tile) in SPEEDS.narrow)) return undefined;
  const groups = [
    ceilDiv(groupOutOf(conv), 4 * tile.quads * size),
    ceilDiv(pixelsOfConv(conv), tile.pixels),
    conv.group,
  ] as const;
  return groups.every((n) => n <= device.limits.maxComputeWorkgroupsPerDimension) ? groups : undefined;
}

/** The tile that most layers take, so that its pipeline is there already. */
const COMMON = { wide: 'columns-49x4', narrow: 'columns-8x8-f32' };

/** Of strips without subgroups. */
const STRIP_SPEEDS = { wide: 4, narrow: 0.17 };

/** How many times as fast as the common tile another has to be: software adapters take 0.1 to 0.7 s to compile one more. */
const COMPILE_CHARGE = 1.5;

/** Names of variants on a software adapter, by the part of a tile's work that is not wasted. */
export function softwareColumns(conv: QuantisedConv, device: DeviceProfile): string[] {
  const lanes = lanesOf(device);
  const wanted = pixelsOfConv(conv) * groupOutOf(conv);
  const candidates = COLUMNS_TILES.flatMap((tile) => {
    const name = columnsTileName(tile);
    const speed = SPEEDS[lanes][name];
    const groups = columnsGroups(conv, tile, device);
    if (!groups || speed === undefined) return [];
    const made = groups[0] * groups[1] * 4 * tile.quads * (device.subgroupSize ?? 1) * tile.pixels;
    const charge = name === COMMON[lanes] ? 1 : COMPILE_CHARGE;
    return [{ name, value: (speed * wanted) / made / charge }];
  });
  const names = [...candidates, { name: 'strip', value: STRIP_SPEEDS[lanes] }]
    .sort((a, b) => b.value - a.value)
    .map(({ name }) => name);
  // What these do not take stays out of workgroup memory, too.
  return [...names, 'neighbours'];
}

/** A kernel for each tile. */
export const COLUMNS: readonly QuantisedKernel[] = COLUMNS_TILES.map((tile) => ({
  name: columnsTileName(tile),
  calls: (conv, device) => {
    const workgroups = columnsGroups(conv, tile, device);
    if (!workgroups || !writesWords(conv)) return undefined;
    const weights = (tile.sums === 'i32' ? packForPositive : packWeights)(conv.weights());
    if (tile.sums === 'f32' && !weights.small) return undefined;
    return columnsCalls(conv, weights, { tile, workgroups, size: device.subgroupSize ?? 1 });
  },
}));

/** A tile on a device. */
interface ColumnsGrid {
  readonly tile: ColumnsTile;
  readonly workgroups: readonly [number, number, number];
  /** Lanes of a subgroup. */
  readonly size: number;
}

function columnsCalls(
  conv: QuantisedConv,
  weights: PackedWeights,
  { tile, workgroups, size }: ColumnsGrid,
): readonly QuantisedCall[] {
  const { x, y, storage, window } = conv;
  const pixels = pixelsOfConv(conv);
  if (resultsOfConv(conv) === 0) return [];
  const { words, channels, rule, zeroPoints, small, params: packed } = weights;
  return [
    {
      shader: qLinearColumnsShader({ source: wordSource(conv), rule, small, ...tile, size, zeroPoints, y: storage.y }),
      operands: [x, words, channels, y],
      params: {
        ...window.params,
        ...windowShape(window),
        ...packed,
        pixels,
        tile_pixels: tile.pixels,
        ...heldIn(conv),
      },
      workgroups,
    },
  ];
}
