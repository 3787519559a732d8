/** Products of 8-bit integers through workgroup memory: the tiles there are, sums that are split, and what they cost. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import type { ProductTile } from '../../../shaders/lib/tiled.ts';
import { qLinearSumShader } from '../../../shaders/quantise/q-linear-sum.ts';
import {
  qLinearTiledShader,
  quantisedStorage,
  type QLinearTiledSpec,
} from '../../../shaders/quantise/q-linear-tiled.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import type { OpKind, Requantised } from '../../ir/ops.ts';
import { ceilDiv, product, roundUp } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { runsTile, tiledTime, type TiledChoice } from '../product/tiled.ts';
import type { PackedWeights } from '../lib/int8-weights.ts';
import { dot4Of } from '../lib/quantised.ts';
import { heldIn, writesWords } from '../lib/quantised-conv.ts';
import { windowShape, type PlanarWindow } from '../lib/window.ts';

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

/** A product whose b is constant, as far as the choice of a tile goes. Its depth is in words of four. */
export interface QuantisedExtents {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** What its dispatches are made of: x is input 0, y's zero point input 7. */
export interface QuantisedProduct {
  readonly weights: PackedWeights;
  readonly range: Requantised['range'];
  readonly channels: number;
  /** Absent where rows of x are the product's. */
  readonly window: Pick<PlanarWindow, 'spec' | 'params'> | undefined;
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

/** Variants by tile, for the nodes that are such products. */
export function quantisedTiledVariants<K extends OpKind>(
  extentsOf: (context: LowerContext<K>) => QuantisedExtents | undefined,
  productOf: (context: LowerContext<K>) => QuantisedProduct,
): Variant<K>[] {
  return QUANTISED_TILES.map((choice) =>
    variant<K, QuantisedExtents>(
      quantisedTileName(choice),
      (context) => {
        const extents = extentsOf(context);
        return extents && fits(extents, choice, context.device) ? extents : undefined;
      },
      (context, extents) => tiledCalls(context, extents, productOf(context), choice),
    ),
  );
}

/** Their names, the fastest first by estimate; none where kernels keep out of workgroup memory. */
export function preferredQuantisedTiles(
  extents: QuantisedExtents | undefined,
  device: DeviceProfile,
): readonly string[] {
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
function readerParams({ window, channels, weights }: QuantisedProduct): Readonly<Record<string, number>> {
  if (!window) return { in_c: channels };
  const { out_c: _, ...extents } = window.params;
  return { ...extents, ...windowShape(window), pad_word: weights.params.pad_word };
}

/**
 * The dispatches of a product with a tile: two where the sums are split, or packed rows end within a word, which no
 * invocation can write alone.
 */
function tiledCalls<K extends OpKind>(
  context: LowerContext<K>,
  extents: QuantisedExtents,
  made: QuantisedProduct,
  choice: TiledChoice,
): readonly Omit<KernelCall, 'variant'>[] {
  const { inputs, outputs } = context.node;
  const { weights } = made;
  const { splits, ...tile } = choice;
  const { rows, columns, depth } = extents;
  const { blocks, words, tail } = weights.params;
  const neighbours = rows > 1 && !writesWords(context, columns);
  const spec = specOf(context, made, tile, splits > 1 || neighbours);
  const shader = qLinearTiledShader(spec);
  const reader = { ...readerParams(made), words, depth, tail };
  const operands = [value(inputs[0]), weights.words];
  const workgroups = groupsOf(extents, choice);
  const results = resultsOf(context, extents, made);
  const [y, { channels }] = [value(outputs[0]), weights];
  if (!spec.split)
    return [{ shader, operands: [...operands, channels, y], params: { ...reader, ...results }, workgroups }];
  const partial: CallOperand = { kind: 'scratch', id: 'parts', elements: splits * rows * blocks * 4, storage: 'i32' };
  const split_depth = roundUp(ceilDiv(depth, splits), tile.tileDepth / 4);
  const count = neighbours ? ceilDiv(rows * columns, 4) : rows * blocks;
  return [
    {
      shader,
      operands: [...operands, ...(spec.zeroPoints ? [channels] : []), partial],
      params: { ...reader, rows, blocks, split_depth },
      workgroups,
    },
    {
      shader: qLinearSumShader({ rule: weights.rule, y: spec.y, neighbours }),
      operands: [partial, channels, y],
      params: { count, splits, ...results },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, context.device),
    },
  ];
}

/** Values for `QUANTISED_RESULT_PARAMS`. */
function resultsOf<K extends OpKind>(
  context: LowerContext<K>,
  { rows, columns }: QuantisedExtents,
  { weights, range }: QuantisedProduct,
): Readonly<Record<string, number>> {
  const { blocks } = weights.params;
  return { rows, blocks, out_c: columns, ...heldIn(context, range) };
}

function specOf<K extends OpKind>(
  context: LowerContext<K>,
  { weights, channels, window }: QuantisedProduct,
  tile: ProductTile,
  split: boolean,
): QLinearTiledSpec {
  const { storage, dtype } = required(context, 0);
  const { rule, zeroPoints } = weights;
  return {
    ...tile,
    reader: window ? 'window' : 'matrix',
    source: { x: storage, aligned: channels % 4 === 0, unsigned: dtype === 'uint8' },
    dot4: dot4Of(context.device),
    rule,
    zeroPoints,
    ragged: zeroPoints && channels % 4 !== 0,
    split,
    y: result(context).storage,
  };
}
