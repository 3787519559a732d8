/** Translations of matrix products. */
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/**
 * FULLY_CONNECTED(x, weights `[O, I]`, bias): x is a matrix of rows of I elements, whatever dimensions it has; these are
 * kept where the options say so. Weights may be computed.
 */
export function plannedFullyConnected(c: OperatorContext): {
  readonly rows: string;
  readonly activation: number;
  /** The result with the dimensions that the file says. */
  readonly restored: (y: string) => string;
} {
  const options = c.options('FullyConnected');
  const weights = c.shape(1);
  const [, columns = 0] = weights;
  if (weights.length !== 2 || columns < 1) c.fail(`has weights of shape [${weights.join(', ')}]`);
  if (options.weightsFormat !== 0) c.refuse(`weights in format ${options.weightsFormat}`);
  const x = c.input(0);
  const shape = c.shape(0);
  const isMatrix = shape.length === 2 && shape[1] === columns;
  const keeps = isMatrix || (options.keepNumDims && shape.length > 1 && shape.at(-1) === columns);
  const rows = keeps ? x : c.reshape(x, [-1, columns]);
  return {
    rows,
    activation: options.activation,
    restored: (y) => (options.keepNumDims && shape.length === 1 ? c.reshape(y, [-1]) : y),
  };
}

const fullyConnected: TfliteTranslation = (c) => {
  const { rows, activation, restored } = plannedFullyConnected(c);
  const bias = c.input(2, true);
  const attributes = { transA: false, transB: true, activation: c.fused(activation) };
  return restored(c.one('MatMul', [rows, c.input(1), ...(bias ? [bias] : [])], attributes));
};

/** Rows of the operator table. */
export const PRODUCT = { FULLY_CONNECTED: fullyConnected };

/** BATCH_MATMUL(a, b). */
export function batchMatMul(c: OperatorContext): string {
  const { adjX: transA, adjY: transB } = c.options('BatchMatMul');
  return c.one('MatMul', [c.input(0), c.input(1)], { transA, transB, activation: c.fused(0) });
}
