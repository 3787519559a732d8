/** Conv as calls of WASM kernels. */
import type { TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { clipOf } from '../lib/activation.ts';
import { panels } from '../product/packed-weights.ts';
import { depthwiseCalls } from './depthwise.ts';

/** Rows of a block of a product. */
const BLOCK = 96;

/** Calls of a convolution. */
export function conv(context: SimdContext<'Conv'>): readonly SimdCall[] | undefined {
  const calls = depthwiseCalls(context);
  if (calls) return calls;
  const { node, inputs, outputs } = context;
  const [x, w] = inputs;
  const [weights, bias] = [context.constant(1), context.constant(2)];
  const bounds = clipOf(node.attributes.activation);
  if (!x || !w || !weights || w.dtype !== 'float32' || !bounds || !isPointwise(node, w)) return undefined;
  if (inputs.slice(3).some((input) => input) || (inputs[2] && !bias)) return undefined;
  const [depth, columns] = [at(w.shape, w.shape.length - 2), at(w.shape, w.shape.length - 1)];
  const rows = product(at(outputs, 0).shape) / columns;
  return [
    {
      kernel: 'product/product',
      operands: [inputOperand(context, 0), panels(weights, bias, [depth, columns]), outputOperand(context)],
      ints: [rows, depth, columns, BLOCK],
      floats: bounds,
      units: ceilDiv(rows, BLOCK) * ceilDiv(columns, 8),
    },
  ];
}

function isPointwise({ attributes }: NodeOf<'Conv'>, { shape }: TensorDesc): boolean {
  const { group, strides, pads } = attributes;
  const ones = [...shape.slice(0, -2), ...strides, group].every((n) => n === 1);
  return ones && pads.every((n) => n === 0);
}
