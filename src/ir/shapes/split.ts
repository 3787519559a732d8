/** Extents of the parts that Split cuts a dimension into. */
import { ShapeError } from '../../core/errors.ts';
import { range } from '../../util/arrays.ts';

/** The extent of each of `count` parts: `sizes`, or where those are empty equal ones. Throws ShapeError when they are not the whole. */
export function partSizes(extent: number, count: number, sizes: readonly number[]): readonly number[] {
  const parts = sizes.length > 0 ? sizes : range(count).map(() => extent / count);
  const valid =
    parts.length === count &&
    parts.every((s) => Number.isInteger(s) && s >= 0) &&
    parts.reduce((a, b) => a + b, 0) === extent;
  if (!valid) throw new ShapeError(`cannot split an extent of ${extent} into ${count} parts [${parts.join(', ')}]`);
  return parts;
}
