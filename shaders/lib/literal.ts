/**
 * WGSL literals. Every number that enters shader text goes through one of these: a bare `${2.0}` prints `2`,
 * which WGSL reads as an integer.
 */
import { PlanError } from '../../src/core/errors.ts';

/** A u32 literal, `7u`. Throws PlanError on anything that is not one. */
export function u32(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new PlanError(`${value} is not a u32 literal`);
  return `${value}u`;
}

/**
 * An f32 literal that reads back as the same float32. WGSL has no infinities or NaN: those are passed as
 * parameters by the caller.
 */
export function f32(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) throw new PlanError(`${value} is not a finite f32 literal`);
  const text = String(single);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}
