/** Translations of operators that say how constants are kept: in half precision, in eight bits, without their zeros. */
import type { TfliteTranslation } from '../context.ts';

/**
 * DEQUANTIZE of a constant: what reads it gets the weights as they are kept, and says itself what they mean. Halves become
 * floats, which they are held as already.
 */
export const dequantize: TfliteTranslation = (c) => {
  const constant = c.rawConstant(0);
  const half = c.tensor(0).type === 'float16';
  if (!constant) return half ? c.one('Cast', [c.input(0)], { to: 'float32' }) : c.fail('has numbers without a scale');
  const { tensor, quantisation } = constant;
  if (half) c.noteOutput(0, { ...tensor, dtype: 'float32' });
  else if (!quantisation) c.fail(`has ${tensor.dtype} elements without a scale`);
  else if (c.leaves(0)) return c.input(0);
  else c.noteOutput(0, tensor, quantisation);
  return [];
};

/** DENSIFY of a constant: its zeros were filled in when it was read. */
export const densify: TfliteTranslation = (c) => {
  const constant = c.rawConstant(0) ?? c.refuse('sparse elements computed at run time');
  c.noteOutput(0, constant.tensor, constant.quantisation);
  return [];
};
