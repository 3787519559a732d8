/** QLinearMatMul → where b is constant as a convolution of a row of pixels, by subgroups or not, or a product through workgroup memory; or of any two tensors. */
import { qLinearMatMulShader } from '../../../shaders/quantise/q-linear-mat-mul.ts';
import { elementCount } from '../../core/tensor.ts';
import { productMultipliers, type Multipliers } from '../../ir/quantise/multipliers.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import {
  required,
  result,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { columnsVariants, softwareColumns, type ColumnsExtent } from './columns.ts';
import { flatVariant } from '../lib/flat.ts';
import { packWeights, type Packing } from '../lib/int8-weights.ts';
import { matrixWalk, type MatrixWalk } from '../lib/matrices.ts';
import {
  BYTES,
  BYTES_OR_MORE,
  constantAt,
  intConstant,
  multiplierAt,
  SCALE,
  constantScalar,
} from '../lib/quantised.ts';
import { quantisedConvCall, writesWords, type QuantisedConv } from '../lib/quantised-conv.ts';
import { preferredQuantisedTiles, quantisedTiledVariants, type QuantisedExtents } from './tiled.ts';
import { listParams } from '../lib/strided.ts';
import { stripPixels } from '../lib/window.ts';

type Context = LowerContext<'QLinearMatMul'>;

function walkOf(context: Context): MatrixWalk {
  return matrixWalk(required(context, 0).shape, required(context, 3).shape, context.node.attributes);
}

function multipliersOf(context: Context): Multipliers {
  const scales = constantAt(context, 4);
  return productMultipliers(context.node.attributes.rounding, {
    first: constantScalar(context, 1),
    second: Array.from(scales.data),
    result: constantScalar(context, 6),
    // One scale for the whole of b is rounded with a's, scales of columns are not.
    inFloat: scales.shape.length === 0,
  });
}

const biasOf = (context: Context): ArrayLike<number> | undefined => context.inputs[8] && constantAt(context, 8).data;

/** The product as a convolution of one row of pixels, as many as a has rows. */
function convOf(
  context: Context,
  { rows, depth, columns, transB }: MatrixWalk,
  pack: Packing = packWeights,
): Omit<QuantisedConv, 'pixels'> {
  const b = constantAt(context, 3);
  const weights = pack({
    weight: (_, k, column) => at(b.data, transB ? column * depth + k : k * columns + column),
    taps: 1,
    group: 1,
    groupIn: depth,
    groupOut: columns,
    unsigned: { x: required(context, 0).dtype === 'uint8', w: b.dtype === 'uint8' },
    xZeroPoint: constantScalar(context, 2),
    wZeroPoints: constantAt(context, 5).data,
    bias: biasOf(context),
    multipliers: multipliersOf(context),
  });
  const params = { in_h: 1, in_w: rows, in_c: depth, out_h: 1, out_w: rows, out_c: columns, pad_top: 0, pad_left: 0 };
  const spec = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1] } as const;
  return { window: { spec, batch: 1, params }, weights, range: context.node.attributes.range };
}

/** The walk of a product whose b is constant, and whose rows lie one after another. */
function constantWalk(context: Context): MatrixWalk | undefined {
  const walk = walkOf(context);
  const constant = context.constant(context.node.inputs[3] ?? '');
  return constant && walk.batch.length === 0 && !walk.transA ? walk : undefined;
}

function extentsOf(context: Context): QuantisedExtents | undefined {
  const walk = constantWalk(context);
  return walk && { rows: walk.rows, columns: walk.columns, depth: ceilDiv(walk.depth, 4) };
}

const tiled = quantisedTiledVariants<'QLinearMatMul'>(extentsOf, (context) => {
  const walk = walkOf(context);
  return { ...convOf(context, walk), channels: walk.depth, window: undefined };
});

function constantVariant(
  name: string,
  pixelsOf: (context: Context, walk: MatrixWalk) => QuantisedConv['pixels'] | undefined,
): Variant<'QLinearMatMul'> {
  return variant<'QLinearMatMul', { walk: MatrixWalk; pixels: QuantisedConv['pixels'] }>(
    name,
    (context) => {
      const walk = constantWalk(context);
      if (!walk) return undefined;
      const pixels = pixelsOf(context, walk);
      return pixels === undefined ? undefined : { walk, pixels };
    },
    (context, { walk, pixels }) => quantisedConvCall(context, { ...convOf(context, walk), pixels }),
  );
}

const columnsExtent = ({ rows, columns }: MatrixWalk): ColumnsExtent => ({ pixels: rows, group: 1, groupOut: columns });

const byColumns = columnsVariants<'QLinearMatMul'>(
  (context) => {
    const walk = constantWalk(context);
    return walk && columnsExtent(walk);
  },
  (context, pack) => convOf(context, walkOf(context), pack),
);

/** As convolutions: by subgroups where software adapters have them, on GPUs through workgroup memory. */
function preferred(context: Context): readonly string[] {
  const walk = constantWalk(context);
  if (!walk || context.device.adapterClass !== 'software') {
    return preferredQuantisedTiles(extentsOf(context), context.device);
  }
  return softwareColumns(columnsExtent(walk), context.device);
}

const computed = flatVariant<'QLinearMatMul'>('computed', (context) => {
  const { inputs, outputs, attributes } = context.node;
  const [a, b, y] = [required(context, 0), required(context, 3), result(context)];
  const { rows, depth, columns, transA, transB, batch } = walkOf(context);
  const [multipliers, bias, zeroPoints] = [multipliersOf(context), biasOf(context), constantAt(context, 5).data];
  const channels = range(columns).flatMap((column) => [
    bias?.[column] ?? 0,
    ...multiplierAt(multipliers, column),
    at(zeroPoints, zeroPoints.length === 1 ? 0 : column),
  ]);
  return {
    shader: qLinearMatMulShader({
      rank: batch.length,
      rule: multipliers.rule,
      a: a.storage,
      b: b.storage,
      y: y.storage,
    }),
    operands: [value(inputs[0]), value(inputs[3]), intConstant(channels), value(outputs[0])],
    params: {
      last: Math.max(1, elementCount(y.shape)) - 1,
      rows,
      depth,
      columns,
      a_row: transA ? 1 : depth,
      a_step: transA ? rows : 1,
      b_step: transB ? 1 : columns,
      b_column: transB ? depth : 1,
      a_zero: constantScalar(context, 2),
      zero_point: constantScalar(context, 7),
      lowest: attributes.range[0],
      highest: attributes.range[1],
      ...listParams(
        'd',
        batch.map(({ extent }) => extent),
      ),
      ...listParams(
        'a_s',
        batch.map(({ strides }) => at(strides, 0)),
      ),
      ...listParams(
        'b_s',
        batch.map(({ strides }) => at(strides, 1)),
      ),
    },
  };
});

export const qLinearMatMul: KernelDefinition<'QLinearMatMul'> = {
  kind: 'dispatch',
  variants: [
    constantVariant('strip', (context, { rows, columns }) =>
      writesWords(context, columns) ? stripPixels(rows) : undefined,
    ),
    ...byColumns,
    ...tiled,
    constantVariant('neighbours', () => 0),
    computed,
  ],
  preferred,
  inputs: [BYTES, SCALE, SCALE, BYTES, SCALE, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
};
