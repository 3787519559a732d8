/** Translations of normalisations. */
import { lpNorm } from '../../lib/composites.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/** Over the last dimension, of the elements times beta. */
const softmax: TfliteTranslation = (c) => {
  const { beta } = c.options('Softmax');
  const x = beta === 1 ? c.input(0) : c.binary('mul', c.input(0), c.scalar('float32', beta));
  return c.one('Softmax', [x], { axes: [-1], log: false });
};

/** Rows of the operator table. */
export const NORMALISE = { SOFTMAX: softmax };

export function logSoftmax(c: OperatorContext): string {
  return c.one('Softmax', [c.input(0)], { axes: [-1], log: true });
}

/** Norms below this count as it. */
const LEAST_NORM = 1e-6;

/** Along the last dimension. */
export function l2Normalization(c: OperatorContext): string {
  const { activation } = c.options('L2Norm');
  return c.activate(lpNorm(c, c.input(0), { p: 2, axis: -1, least: LEAST_NORM }), c.fused(activation));
}

export function localResponseNormalization(c: OperatorContext): string {
  const { radius, alpha, beta, bias } = c.options('LocalResponseNormalization');
  const size = 2 * radius + 1;
  if (radius < 0) c.fail(`has a radius of ${radius}`);
  // TensorFlow multiplies the sum by alpha, the engine (as ONNX) by alpha / size.
  return c.one('LRN', [c.input(0)], { size, alpha: alpha * size, beta, bias });
}
