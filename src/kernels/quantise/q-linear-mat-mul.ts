/** QLinearMatMul → where b is constant as a convolution of a row of pixels, by subgroups or not, or a product through workgroup memory; or of any two tensors. */
import { qLinearMatMulShader } from '../../../shaders/quantise/q-linear-mat-mul.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import { required, result, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { matrixElements } from '../lib/int8-weights.ts';
import { matrixWalk, type MatrixWalk } from '../lib/matrices.ts';
import {
  BYTES,
  BYTES_OR_MORE,
  constantAt,
  constantScalar,
  intConstant,
  multiplierAt,
  SCALE,
} from '../lib/quantised.ts';
import { quantisedVariants, rowOfPixels, type QuantisedConv } from '../lib/quantised-conv.ts';
import { listParams } from '../lib/strided.ts';
import { preferredProductKernels, PRODUCT_KERNELS } from './kernels.ts';
import { biasOf, multipliersOf, quantisedConv, scaledWeights } from './operands.ts';

type Context = LowerContext<'QLinearMatMul'>;

function walkOf(context: Context): MatrixWalk {
  return matrixWalk(required(context, 0).shape, required(context, 3).shape, context.node.attributes);
}

/** The product as a convolution of one row of pixels, as many as a has rows; nothing of b that is computed, and of rows that lie apart. */
function convOf(context: Context): QuantisedConv | undefined {
  const { rows, depth, columns, transA, transB, batch } = walkOf(context);
  const constant = context.constant(context.node.inputs[3] ?? '');
  if (!constant || batch.length > 0 || transA) return undefined;
  return quantisedConv(context, {
    window: rowOfPixels(rows, depth, columns),
    group: 1,
    weights: () => scaledWeights(context, (b) => matrixElements(b, { depth, columns, transB })),
  });
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
  variants: [...quantisedVariants(PRODUCT_KERNELS, convOf), computed],
  preferred: (context) => {
    const conv = convOf(context);
    return conv ? preferredProductKernels(conv, context.device) : [];
  },
  inputs: [BYTES, SCALE, SCALE, BYTES, SCALE, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
};
