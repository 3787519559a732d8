/** MatMulInteger → the kernels of QLinearMatMul where b is known and a has one zero point, else one dispatch. */
import { matMulIntegerShader } from '../../../shaders/quantise/mat-mul-integer.ts';
import { broadcastShapes, broadcastStrides } from '../../core/broadcast.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import { elementCount, type Shape } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import { required, result, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { matrixElements } from '../lib/int8-weights.ts';
import { sumConv, sumKernels, type IntegerSum } from '../lib/integer-sums.ts';
import { matrixWalk } from '../lib/matrices.ts';
import { BYTES } from '../lib/quantised.ts';
import { rowOfPixels } from '../lib/quantised-conv.ts';
import { preferredProductKernels, PRODUCT_KERNELS } from './kernels.ts';
import { listParams } from '../lib/strided.ts';

type Context = LowerContext<'MatMulInteger'>;

/** With dimensions of extent 1 in front, up to `rank`. */
const extended = (shape: Shape, rank: number): number[] => [
  ...range(Math.max(0, rank - shape.length)).map(() => 1),
  ...shape,
];

interface IntegerWalk {
  readonly depth: number;
  readonly columns: number;
  /** Batches, rows and columns of y, with element steps of a, b and their zero points. */
  readonly dims: readonly StridedDim[];
}

function walkOf(context: Context): IntegerWalk {
  const [a, b] = [required(context, 0).shape, required(context, 1).shape];
  // Vectors are matrices of one row or column.
  const [left, right] = [extended(a, 2), b.length > 1 ? [...b] : [...b, 1]];
  const [rows, depth, columns] = [at(left, left.length - 2), at(left, left.length - 1), at(right, right.length - 1)];
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  const zeros = (index: number, rank: number): number[] => extended(context.inputs[index]?.shape ?? [], rank);
  const [za, zb] = [zeros(2, left.length), zeros(3, right.length)];
  const matrices = (shape: Shape): number[] =>
    broadcastStrides(shape.slice(0, -2), batch).map(
      (stride) => stride * at(shape, shape.length - 2) * at(shape, shape.length - 1),
    );
  const dims = stridedDims(
    [...batch, rows, columns],
    [...matrices(left), depth, 0],
    [...matrices(right), 0, 1],
    [...broadcastStrides(za.slice(0, -1), [...batch, rows]), 0],
    // Rows come between, along which those of b do not differ.
    broadcastStrides([...zb.slice(0, -2), at(zb, zb.length - 1)], [...batch, columns]).toSpliced(batch.length, 0, 0),
  );
  return { depth, columns, dims: collapse(dims) };
}

/** The product that gives the sums; nothing of zero points of rows, and of several matrices. */
function sumOf(context: Context): IntegerSum | undefined {
  const [, , za, zb] = context.inputs;
  const [a, b] = [required(context, 0), required(context, 1)];
  const { rows, depth, columns, transB, batch } = matrixWalk(a.shape, b.shape, { transA: false, transB: false });
  const ofColumns = !zb || [1, columns].includes(elementCount(zb.shape));
  if ((za && elementCount(za.shape) !== 1) || !ofColumns || batch.length > 0) return undefined;
  const window = rowOfPixels(rows, depth, columns);
  return { conv: sumConv(context, { window, group: 1 }, (w) => matrixElements(w, { depth, columns, transB })) };
}

const sums = sumKernels(PRODUCT_KERNELS, preferredProductKernels, sumOf);

export const matMulInteger: KernelDefinition<'MatMulInteger'> = {
  kind: 'dispatch',
  variants: [
    ...sums.variants,
    flatVariant('computed', (context) => {
      const { inputs, outputs } = context.node;
      const { depth, columns, dims } = walkOf(context);
      const steps = ['a_s', 'b_s', 'za_s', 'zb_s'].map((name, i) =>
        listParams(
          name,
          dims.map(({ strides }) => at(strides, i)),
        ),
      );
      return {
        shader: matMulIntegerShader({
          rank: dims.length,
          a: required(context, 0).storage,
          b: required(context, 1).storage,
          zeroPoints: { a: context.inputs[2] !== undefined, b: context.inputs[3] !== undefined },
        }),
        operands: [...inputs.filter((name) => name !== ''), outputs[0]].map(value),
        params: {
          last: Math.max(1, elementCount(result(context).shape)) - 1,
          depth,
          a_step: 1,
          b_step: columns,
          ...listParams(
            'd',
            dims.map(({ extent }) => extent),
          ),
          ...Object.assign({}, ...steps),
        },
      };
    }),
  ],
  preferred: sums.preferred,
  inputs: [BYTES, BYTES, {}],
  outputs: {},
};
