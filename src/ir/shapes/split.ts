/** Extents of the parts that Split cuts a dimension into. */
import { ShapeError } from '../../core/errors.ts';
import { ceilDiv, range } from '../../util/arrays.ts';

/**
 * The extent of each of `count` parts: `sizes`, or where those are empty equal ones, the last smaller where they do not
 * divide. Throws ShapeError when the parts are not the whole.
 */
export function partSizes(extent: number, count: number, sizes: readonly number[]): readonly number[] {
  if (sizes.length > 0) {
    const valid = sizes.length === count && sizes.every((s) => s >= 0) && sizes.reduce((a, b) => a + b, 0) === extent;
    if (!valid) throw new ShapeError(`cannot split an extent of ${extent} into ${count} parts [${sizes.join(', ')}]`);
    return sizes;
  }
  const size = ceilDiv(extent, count);
  const last = extent - size * (count - 1);
  if (last < 0) throw new ShapeError(`cannot split an extent of ${extent} into ${count} equal parts`);
  return range(count).map((i) => (i === count - 1 ? last : size));
}
