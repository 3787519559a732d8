/** Products with a matrix of weights. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import type { NcnnContext } from '../context.ts';
import { fused } from './activation.ts';
import { int8InnerProduct } from './int8.ts';

/** x `[N, …, K]` times weights `[O, K]`, and the bias `[O]`. */
export function innerProduct(c: NcnnContext, x: string, weights: string, bias: string | undefined): string {
  if (c.rank(x) === 2) {
    const attributes = { alpha: 1, beta: 1, transA: false, transB: true, activation: NO_ACTIVATION };
    return c.main('Gemm', bias === undefined ? [x, weights] : [x, weights, bias], attributes);
  }
  const y = c.main('MatMul', [x, weights], { transA: false, transB: true, activation: NO_ACTIVATION });
  return bias === undefined ? y : c.binary('add', y, bias);
}

/**
 * The operand of an inner product of `width` inputs: the rows of a matrix that are so long, else all of a blob as one vector. A
 * matrix whose rows nobody knows yet is taken by rows, and the product refuses it later where they are not so long.
 */
export function productOperand(c: NcnnContext, width: number): string {
  const x = c.input();
  const known = c.extents(x).at(-1);
  if (c.dims(x) === 1) return x;
  if (c.dims(x) === 2 && (known ?? width) === width) return x;
  return c.reshape(x, [0, -1]);
}

/** Reads what fixes the shape of the weights: outputs and inputs. Fails where their number does not fit. */
export function productShape(c: NcnnContext): readonly [outputs: number, inputs: number] {
  const outputs = c.intFrom(1, 0, 0);
  const size = c.int(2, 0);
  const inputs = size / outputs;
  if (!Number.isInteger(inputs) || inputs < 1) c.fail(`${size} weights do not fit ${outputs} outputs`);
  return [outputs, inputs];
}

function innerProductLayer(c: NcnnContext): string {
  const [outputs, inputs] = productShape(c);
  if (c.flag(8)) return int8InnerProduct(c, productOperand(c, inputs), outputs, inputs);
  const weights = c.weights([outputs, inputs]);
  const bias = c.flag(1) ? c.plain([outputs], 'bias') : undefined;
  return fused(c, innerProduct(c, productOperand(c, inputs), weights, bias));
}

/** Products. */
export const PRODUCT = { InnerProduct: innerProductLayer };
