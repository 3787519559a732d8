/** Extents in vectors of integers: numbers where the file fixes them, else what the graph computes of shapes. */
import type { NcnnContext } from '../context.ts';

/** A number, or a value of one int64. */
export type Size = number | string;

/** The extent of a value along an axis. */
export function axisSize(c: NcnnContext, x: string, axis: number): Size {
  const known = c.extents(x)[axis];
  return known ?? c.one('Gather', [c.one('Shape', [x], {}), c.ints([axis])], { axis: 0 });
}

/** A vector of one. */
export function sizeVector(c: NcnnContext, size: Size): string {
  return typeof size === 'string' ? size : c.ints([size]);
}

/** All in one vector. */
export function sizesVector(c: NcnnContext, sizes: readonly Size[]): string {
  const numbers = sizes.filter((size) => typeof size === 'number');
  if (numbers.length === sizes.length) return c.ints(numbers);
  const parts = sizes.map((size) => sizeVector(c, size));
  return parts.length === 1 ? (parts[0] ?? '') : c.one('Concat', parts, { axis: 0 });
}

/** The number of a size, where it is one. */
export function knownSize(size: Size): number | undefined {
  return typeof size === 'number' ? size : undefined;
}

/** Another size made of two, at once where both are numbers. */
export function combined(c: NcnnContext, kind: 'add' | 'sub' | 'mul' | 'floorDiv' | 'min', a: Size, b: Size): Size {
  if (typeof a === 'string' || typeof b === 'string') return c.binary(kind, sizeVector(c, a), sizeVector(c, b));
  switch (kind) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'floorDiv':
      return Math.floor(a / b);
    case 'min':
      return Math.min(a, b);
  }
}

/** Reshapes to sizes, of which −1 is what is left and 0 what the value has at this place. */
export function reshapedTo(c: NcnnContext, x: string, sizes: readonly Size[]): string {
  const y = c.reshapeTo(x, sizesVector(c, sizes));
  if (sizes.every((size) => typeof size === 'number')) return y;
  return c.withExtents(
    y,
    sizes.map((size, axis) => (size === 0 ? c.extents(x)[axis] : size === -1 ? undefined : knownSize(size))),
  );
}

/** What lies from one position to before another along an axis. */
export function sliced(c: NcnnContext, x: string, axis: number, from: Size, to: Size): string {
  if (from === 0 && to === c.extents(x)[axis]) return x;
  const y = c.one('Slice', [x, sizeVector(c, from), sizeVector(c, to), c.ints([axis])], {});
  const [start, end] = [knownSize(from), knownSize(to)];
  return start === undefined || end === undefined ? y : c.withExtents(y, c.extents(x).with(axis, end - start));
}
