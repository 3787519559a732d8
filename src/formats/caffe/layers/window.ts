/** Windows of convolutions and pools: one number for all dimensions, one for each, or by the names of two. */
import type { CaffeContext } from '../context.ts';
import type { TextMessage } from '../text-message.ts';

/** How a field gives a number for each spatial dimension. */
export interface WindowField {
  /** For all dimensions, or a list with one for each. */
  readonly field: string;
  /** For height and width, where it is no list. */
  readonly sides?: readonly [height: string, width: string];
  /** Where the field is not there; a field without must be. */
  readonly fallback?: number;
  readonly least: number;
}

/** A number for each of `dims` spatial dimensions. Throws ImportError where there are others, or both forms. */
export function perDimension(c: CaffeContext, param: TextMessage, dims: number, spec: WindowField): number[] {
  const { field, sides, fallback, least } = spec;
  const values = param.counts(field, least);
  if (sides?.some((side) => param.has(side))) {
    if (values.length > 0 || dims !== 2) c.fail(`${sides[0]} and ${sides[1]} are for two dimensions, without ${field}`);
    return sides.map((side) => {
      if (fallback === undefined && !param.has(side)) c.fail(`${side} is missing`);
      return param.count(side, fallback ?? least, least);
    });
  }
  if (values.length === 0 && fallback === undefined) c.fail(`${field} is missing`);
  if (values.length > 1 && values.length !== dims)
    c.fail(`${field} has ${values.length} numbers for ${dims} dimensions`);
  return Array.from({ length: dims }, (_, i) => values[i] ?? values[0] ?? fallback ?? least);
}
