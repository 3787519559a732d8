/** Translations of matrix products. */
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/**
 * FULLY_CONNECTED(x, weights `[O, I]`, bias): x is a matrix of rows of I elements, whatever dimensions it has; these are
 * kept where the options say so. Weights may be computed.
 */
const fullyConnected: TfliteTranslation = (c) => {
  const options = c.options('FullyConnected');
  const weights = c.shape(1);
  const [, columns = 0] = weights;
  if (weights.length !== 2 || columns < 1) c.fail(`has weights of shape [${weights.join(', ')}]`);
  if (options.weightsFormat !== 0) c.refuse(`weights in format ${options.weightsFormat}`);
  const [x, w, bias] = [c.input(0), c.input(1), c.input(2, true)];
  const shape = c.shape(0);
  const isMatrix = shape.length === 2 && shape[1] === columns;
  const keeps = isMatrix || (options.keepNumDims && shape.length > 1 && shape.at(-1) === columns);
  const rows = keeps ? x : c.reshape(x, [-1, columns]);
  const attributes = { transA: false, transB: true, activation: c.fused(options.activation) };
  const y = c.one('MatMul', [rows, w, ...(bias ? [bias] : [])], attributes);
  return options.keepNumDims && shape.length === 1 ? c.reshape(y, [-1]) : y;
};

/** Rows of the operator table. */
export const PRODUCT = { FULLY_CONNECTED: fullyConnected };

/** BATCH_MATMUL(a, b). */
export function batchMatMul(c: OperatorContext): string {
  const { adjX: transA, adjY: transB } = c.options('BatchMatMul');
  return c.one('MatMul', [c.input(0), c.input(1)], { transA, transB, activation: c.fused(0) });
}
