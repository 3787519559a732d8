/** Real numbers as the nearest integers of a scale and a zero point (src/ir/quantise/reals.ts), bit for bit. */
import { wgsl, type ParamFields } from './module.ts';
import { QUOTIENT } from './quotient.ts';

/** Parameters of `nearest_step`; `inverse` is 1 / scale. */
export const STEP_PARAMS = {
  scale: 'f32',
  inverse: 'f32',
  zero_point: 'i32',
  lowest: 'i32',
  highest: 'i32',
} as const satisfies ParamFields;

/**
 * Declares `fn nearest_step(real) -> i32`: real / scale + zero point, each rounded to float32, then to even, and held in range.
 * A product is exact enough but beside ties, and there the quotient is IEEE's; beyond 1000 everything saturates.
 */
export const NEAREST_STEP = wgsl`
${QUOTIENT}
fn nearest_step(real: f32) -> i32 {
  let zero = f32(params.zero_point);
  var step = real * params.inverse + zero;
  if (abs(fract(step) - 0.5) < 0.001) { step = quotient(real, params.scale) + zero; }
  return clamp(i32(clamp(round(step), -1e6, 1e6)), params.lowest, params.highest);
}`;
