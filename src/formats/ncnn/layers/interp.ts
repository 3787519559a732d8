/** Resizing of the last dimensions of a blob. */
import type { OpAttributes } from '../../../ir/ops.ts';
import { PLAIN_RESIZE } from '../../../ir/shapes/resize.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { range } from '../../../util/arrays.ts';
import type { NcnnContext } from '../context.ts';
import { axisSize, sizesVector, sizeVector, type Size } from './sizes.ts';

type ResizeAttributes = OpAttributes['Resize'];

/** Types, by number. */
const MODES = [undefined, 'nearest', 'linear', 'cubic'] as const;

/**
 * Positions between elements follow from the extents before and after. Nearest elements are those at or before the position that
 * the scale gives, or, where extents are given, these.
 */
function attributesOf(c: NcnnContext, axes: readonly number[]): ResizeAttributes {
  const type = c.int(0, 0);
  const mode = MODES[type] ?? c.refuse(`resize type ${type}`);
  const between = c.flag(6) ? 'align_corners' : 'half_pixel';
  return {
    ...PLAIN_RESIZE,
    axes,
    mode,
    coordinateMode: mode === 'nearest' ? 'asymmetric' : between,
    nearestMode: 'floor',
    cubicCoeff: -0.75,
  };
}

function interp(c: NcnnContext): string {
  const x = c.input();
  c.refuseText(9, 'extents by an expression');
  // Scales mean nothing beside extents, nor these beside another blob's.
  c.ignore(1, 2, 3, 4);
  const dims = c.dims(x);
  if (dims === 1) return spread(c, x);
  if (dims > 3) c.refuse(`a blob of ${dims} dimensions`);
  // Rows are resized along themselves.
  const axes = dims === 2 ? [2] : [2, 3];
  const attributes = attributesOf(c, axes);
  const sizes = outputSizes(c, axes);
  if (sizes) return resized(c, x, sizes, attributes);
  const scales = axes.length === 1 ? [c.float(2, 1)] : [c.float(1, 1), c.float(2, 1)];
  if (scales.some((scale) => !(scale > 0))) c.fail(`scales [${scales.join(', ')}]`);
  // A whole scale gives the extents that positions follow from, and so does any to the nearest.
  if (attributes.mode === 'nearest' || scales.every((scale) => Number.isInteger(scale))) {
    const operand = c.constant(tensorOf('float32', [scales.length], scales), 'scales');
    return c.one('Resize', [x, operand], attributes);
  }
  const grown = scales.map((scale, i) => scaledSize(c, x, axes[i] ?? 0, scale));
  return resized(c, x, grown, attributes);
}

function resized(c: NcnnContext, x: string, sizes: readonly Size[], attributes: ResizeAttributes): string {
  return c.one('Resize', [x, '', sizesVector(c, sizes)], attributes);
}

/** The extents that are given, or those of another blob; undefined where scales say them. */
function outputSizes(c: NcnnContext, axes: readonly number[]): Size[] | undefined {
  const isReference = c.int(5, 0) === 1;
  if (isReference) {
    const other = c.input(1);
    const rank = c.rank(other);
    return axes.map((_, i) => axisSize(c, other, rank - axes.length + i));
  }
  const [height, width] = [c.intFrom(0, 3, 0), c.intFrom(0, 4, 0)];
  if (axes.length === 1) return width > 0 ? [width] : undefined;
  return height > 0 && width > 0 ? [height, width] : undefined;
}

/** An extent times a scale, in float32, without what is behind the point. */
function scaledSize(c: NcnnContext, x: string, axis: number, scale: number): Size {
  const size = axisSize(c, x, axis);
  if (typeof size === 'number') return Math.trunc(Math.fround(size * Math.fround(scale)));
  const real = c.binary('mul', c.one('Cast', [sizeVector(c, size)], { to: 'float32' }), c.scalar('float32', scale));
  return c.one('Cast', [real], { to: 'int64' });
}

/** A vector is channels of one pixel, each of which fills its image. */
function spread(c: NcnnContext, x: string): string {
  const sizes = outputSizes(c, [1, 2]) ?? [Math.trunc(c.float(1, 1)), Math.trunc(c.float(2, 1))];
  // Whatever the type, all pixels are equal.
  attributesOf(c, []);
  const image = c.one('Unsqueeze', [x], { axes: [2, 3] });
  const y = c.one('Expand', [image, sizesVector(c, [1, 1, ...sizes])], {});
  return c.withExtents(y, [...c.extents(image).slice(0, 2), ...range(2).map((i) => numberOf(sizes[i]))]);
}

function numberOf(size: Size | undefined): number | undefined {
  return typeof size === 'number' ? size : undefined;
}

/** Rows. */
export const INTERP = { Interp: interp };
