/** Products of 8-bit integers through workgroup memory: the tiles there are, sums that are split, and what they cost. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { qLinearSumShader } from '../../../shaders/quantise/q-linear-sum.ts';
import { qLinearTiledShader, quantisedStorage } from '../../../shaders/quantise/q-linear-tiled.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv, product, roundUp } from '../../util/arrays.ts';
import { dispatch1d, type CallOperand } from '../definition.ts';
import { runsTile, tiledTime, type TiledChoice } from '../product/tiled.ts';
import { packWeights, type PackedWeights } from '../lib/int8-weights.ts';
import { dot4Of } from '../lib/quantised.ts';
import {
  heldIn,
  pixelsOfConv,
  tapsOfConv,
  wordSource,
  writesWords,
  type QuantisedCall,
  type QuantisedConv,
  type QuantisedKernel,
} from '../lib/quantised-conv.ts';
import { windowShape } from '../lib/window.ts';

/**
 * From large to small. The times are no measurements: they follow those of floats (`PRODUCT_TILES`) by what RADV's compiler
 * makes of a step of the depth. Vector instructions for each `dot4I8Packed` of matrices and of windows, registers, subgroups
 * per SIMD as it counts them, navi31 / navi21; nothing spills:
 *   128x128x32  1.06 / 1.05, 1.21 / 1.12    120 / 120 to 128    12 / 8
 *   64x64x32    1.13 / 1.12, 1.40 / 1.29    84 / 64 to 80       18 / 12 to 16
 *   32x32x64    1.21 / 1.19, 1.46 / 1.50    84 to 108 / 80 to 128    14 / 8 to 12
 *   4x256x32    1.91 / 1.77                 96 to 108 / 96 to 104    8 / 8
 */
export const QUANTISED_TILES: readonly TiledChoice[] = [
  { tileRows: 128, tileColumns: 128, tileDepth: 32, rows: 8, quads: 2, splits: 1, alone: 35, among: 41 },
  { tileRows: 64, tileColumns: 64, tileDepth: 32, rows: 8, quads: 1, splits: 1, alone: 18, among: 11.6 },
  ...[1, 4, 16].map((splits) => {
    return { tileRows: 32, tileColumns: 32, tileDepth: 64, rows: 4, quads: 1, splits, alone: 9.5, among: 3.5 };
  }),
  // For few rows, where reading the weights is what takes the time.
  ...[1, 4, 16].map((splits) => {
    return { tileRows: 4, tileColumns: 256, tileDepth: 32, rows: 4, quads: 1, splits, alone: 19, among: 7 };
  }),
];

/** `tiled-64x64x32`, `tiled-32x32x64-split-4`: rows × columns × depth, and the parts of the depth. */
export function quantisedTileName({ tileRows, tileColumns, tileDepth, splits }: TiledChoice): string {
  return `tiled-${tileRows}x${tileColumns}x${tileDepth}${splits > 1 ? `-split-${splits}` : ''}`;
}

/** The product that a convolution without groups is. Its depth is in words of four. */
interface QuantisedExtents {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

function extentsOf(conv: QuantisedConv): QuantisedExtents | undefined {
  if (conv.group !== 1) return undefined;
  const { in_c, out_c } = conv.window.params;
  return { rows: pixelsOfConv(conv), columns: out_c, depth: tapsOfConv(conv) * ceilDiv(in_c, 4) };
}

/** Whether rows of x are the product's: each pixel sees the one at its own place. */
function isMatrix({ window: { spec, params } }: QuantisedConv): boolean {
  const { in_h, in_w, out_h, out_w, pad_top, pad_left } = params;
  const padded = pad_top !== 0 || pad_left !== 0 || in_h !== out_h || in_w !== out_w;
  return !padded && [...spec.kernel, ...spec.strides].every((n) => n === 1);
}

/** Part of a tile that must be in use; columns of few rows are only read where there are any. */
const LEAST_USE = 0.25;

/** Least words of a part of a split sum. */
const LEAST_SPLIT_DEPTH = 16;

function groupsOf({ rows, columns }: QuantisedExtents, choice: TiledChoice): readonly [number, number, number] {
  return [ceilDiv(columns, choice.tileColumns), ceilDiv(rows, choice.tileRows), choice.splits];
}

function fits(extents: QuantisedExtents, choice: TiledChoice, device: DeviceProfile): boolean {
  const { rows, columns, depth } = extents;
  const groups = groupsOf(extents, choice);
  const used = (rows * columns) / (product(groups.slice(0, 2)) * choice.tileRows * choice.tileColumns);
  return (
    rows * columns > 0 &&
    (used >= LEAST_USE || (rows <= choice.tileRows && choice.tileRows === 4)) &&
    (choice.splits === 1 || depth >= choice.splits * LEAST_SPLIT_DEPTH) &&
    runsTile(choice, quantisedStorage(choice), groups, device)
  );
}

/** A kernel for each tile. */
export const TILED: readonly QuantisedKernel[] = QUANTISED_TILES.map((choice) => ({
  name: quantisedTileName(choice),
  calls: (conv, device) => {
    const extents = extentsOf(conv);
    return extents && fits(extents, choice, device) ? tiledCalls(conv, extents, choice, device) : undefined;
  },
}));

/** Their names, the fastest first by estimate; none where kernels keep out of workgroup memory. */
export function preferredQuantisedTiles(conv: QuantisedConv, device: DeviceProfile): readonly string[] {
  const extents = extentsOf(conv);
  if (!extents || device.adapterClass === 'software' || device.adapterClass === 'mobile') return [];
  const sums = extents.rows * extents.columns;
  return QUANTISED_TILES.filter((choice) => fits(extents, choice, device))
    .map((choice) => {
      const groups = product(groupsOf(extents, choice));
      return { choice, time: tiledTime({ groups, depth: extents.depth * 4, sums }, choice, device) };
    })
    .sort((a, b) => a.time - b.time)
    .map(({ choice }) => quantisedTileName(choice));
}

/** Values for the parameters that say how x is read. */
function readerParams(conv: QuantisedConv, { params }: PackedWeights): Readonly<Record<string, number>> {
  const { out_c: _, ...extents } = conv.window.params;
  if (isMatrix(conv)) return { in_c: extents.in_c };
  return { ...extents, ...windowShape(conv.window), pad_word: params.pad_word };
}

/**
 * The dispatches of a product with a tile: two where the sums are split, or packed rows end within a word, which no
 * invocation can write alone.
 */
function tiledCalls(
  conv: QuantisedConv,
  extents: QuantisedExtents,
  choice: TiledChoice,
  device: DeviceProfile,
): readonly QuantisedCall[] {
  const { x, y, storage } = conv;
  const weights = packWeights(conv.weights());
  const { splits, ...tile } = choice;
  const { rows, columns, depth } = extents;
  const { words: packed, channels, zeroPoints, rule } = weights;
  const { blocks, words, tail } = weights.params;
  const neighbours = rows > 1 && !writesWords(conv);
  const split = splits > 1 || neighbours;
  const shader = qLinearTiledShader({ ...tile, ...specOf(conv, weights), dot4: dot4Of(device), split });
  const reader = { ...readerParams(conv, weights), words, depth, tail };
  const workgroups = groupsOf(extents, choice);
  // Values for `QUANTISED_RESULT_PARAMS`.
  const results = { rows, blocks, out_c: columns, ...heldIn(conv) };
  if (!split) return [{ shader, operands: [x, packed, channels, y], params: { ...reader, ...results }, workgroups }];
  const partial: CallOperand = { kind: 'scratch', id: 'parts', elements: splits * rows * blocks * 4, storage: 'i32' };
  const split_depth = roundUp(ceilDiv(depth, splits), tile.tileDepth / 4);
  const count = neighbours ? ceilDiv(rows * columns, 4) : rows * blocks;
  return [
    {
      shader,
      operands: [x, packed, ...(zeroPoints ? [channels] : []), partial],
      params: { ...reader, rows, blocks, split_depth },
      workgroups,
    },
    {
      shader: qLinearSumShader({ rule, y: storage.y, neighbours }),
      operands: [partial, channels, y],
      params: { count, splits, ...results },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  ];
}

/** What the kernel reads and writes. */
function specOf(conv: QuantisedConv, { rule, zeroPoints }: PackedWeights) {
  const source = wordSource(conv);
  const ragged = zeroPoints && conv.window.params.in_c % 4 !== 0;
  const reader = isMatrix(conv) ? ('matrix' as const) : ('window' as const);
  return { reader, source, rule, zeroPoints, ragged, y: conv.storage.y };
}
