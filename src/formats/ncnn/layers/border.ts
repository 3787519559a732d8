/** Borders around a blob, and parts of it. */
import { range } from '../../../util/arrays.ts';
import { WHOLE, type NcnnContext } from '../context.ts';
import { combined, axisSize, sliced, type Size } from './sizes.ts';

/** What a border is filled with, by number. */
const FILLS = ['constant', 'edge', 'reflect'] as const;

/** Reads a border that a layer gives: along width and height, and along channels, or the depth of a volume. */
function padding(c: NcnnContext): string {
  const x = c.input();
  const dims = c.dims(x);
  const [top, bottom, left, right] = range(4).map((id) => c.int(id, 0));
  const [front, behind] = [c.int(7, 0), c.int(8, 0)];
  const mode = FILLS[c.int(4, 0)] ?? c.refuse(`border type ${c.int(4, 0)}`);
  c.refuseFlag(6, 'a border of its own number for each channel');
  const begins = [front, top ?? 0, left ?? 0].slice(-Math.min(dims, 3));
  const ends = [behind, bottom ?? 0, right ?? 0].slice(-Math.min(dims, 3));
  if ([...begins, ...ends].some((pad) => pad === -233 || pad === -234)) c.refuse('a border whose width a blob gives');
  if ([...begins, ...ends].some((pad) => pad < 0)) c.fail(`a border of [${[...begins, ...ends].join(', ')}]`);
  const kept = range(dims + 1 - begins.length).map(() => 0);
  const pads = [...kept, ...begins, ...kept, ...ends];
  const value = c.float(5, 0);
  const y = c.one('Pad', [x, c.ints(pads), ...(mode === 'constant' ? [c.scalar('float32', value)] : [])], { mode });
  const grown = c.extents(x).map((extent, i) => extent && extent + (pads[i] ?? 0) + (pads[dims + 1 + i] ?? 0));
  return c.withExtents(y, grown);
}

/** What is kept along one axis: from an offset on, at most so many, and not what is cut from the end. */
interface Kept {
  readonly axis: number;
  readonly offset: Size;
  readonly size: Size | undefined;
  readonly cut: number;
}

function crop(c: NcnnContext): string {
  const x = c.input();
  for (const id of [19, 20, 21]) c.refuseText(id, 'positions by an expression');
  const [starts, ends] = [c.intList(9), c.intList(10)];
  if (starts.length > 0 && ends.length > 0) {
    c.ignore(0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15);
    return slicedBy(c, x, { starts, ends, axes: c.intList(11) });
  }
  return keptRegion(c, x).reduce((y, { axis, offset, size, cut }) => {
    const last = combined(c, 'sub', axisSize(c, x, axis), cut);
    const end = size === undefined ? last : combined(c, 'min', combined(c, 'add', offset, size), last);
    return sliced(c, y, axis, offset, end);
  }, x);
}

/** As NumPy slices: ends before 1 are counted from the end. */
function slicedBy(
  c: NcnnContext,
  x: string,
  {
    starts,
    ends,
    axes,
  }: { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly axes: readonly number[] },
): string {
  const all = axes.length > 0 ? axes.map((axis) => c.axisOf(x, axis)) : range(c.dims(x)).map((i) => i + 1);
  if (starts.length < all.length || ends.length < all.length) c.fail('has fewer starts or ends than axes');
  return all.reduce((y, axis, i) => {
    const [start, end] = [starts[i] ?? 0, ends[i] ?? 0];
    const whole = axisSize(c, y, axis);
    const from = start === WHOLE ? 0 : start < 0 ? combined(c, 'add', whole, start) : start;
    const to = end === WHOLE ? whole : combined(c, 'min', whole, end > 0 ? end : combined(c, 'add', whole, end));
    return sliced(c, y, axis, from, to);
  }, x);
}

/** The region that offsets and extents give, or offsets and the extents of another blob. */
function keptRegion(c: NcnnContext, x: string): Kept[] {
  const dims = c.dims(x);
  // Parameters of width, height, channels and depth, in this order.
  const offsets = [0, 1, 2, 13].map((id) => c.int(id, 0));
  const sizes = [3, 4, 5, 14].map((id) => c.int(id, 0));
  const cuts = [6, 7, 8, 15].map((id) => c.int(id, 0));
  const axes = axesOf(c, dims, offsets);
  const isReference = sizes.every((size) => size === 0);
  const reference = isReference ? c.input(1) : undefined;
  if (reference !== undefined && offsets[0] === WHOLE) c.refuse('a region that a blob gives');
  const regions = axes.map(({ axis, id }): Kept => {
    const [offset = 0, size = 0, cut = 0] = [offsets[id], sizes[id], cuts[id]];
    if (offset < 0 || cut < 0) c.fail(`offsets [${offsets.join(', ')}], cut [${cuts.join(', ')}]`);
    if (reference !== undefined) return { axis, offset, size: sizeLike(c, reference, dims, axis), cut: 0 };
    return { axis, offset, size: size === WHOLE ? undefined : size, cut };
  });
  if (regions.some(({ size }) => size === 0)) c.fail(`keeps [${sizes.join(', ')}]`);
  return regions;
}

/** The extent of another blob along the axis that is this one: of channels only where it has any. */
function sizeLike(c: NcnnContext, reference: string, dims: number, axis: number): Size | undefined {
  const rank = c.rank(reference);
  if (axis === 1 && dims > 2 && rank !== dims + 1) return undefined;
  const own = rank - 1 - (dims - axis);
  return own > 0 ? axisSize(c, reference, own) : undefined;
}

/** Which parameters are for which axis: those that come last may be missing, and the others are then for the outermost. */
function axesOf(c: NcnnContext, dims: number, offsets: readonly number[]): { axis: number; id: number }[] {
  const [, height, channels] = offsets;
  if (dims === 1) return [{ axis: 1, id: 0 }];
  if (dims === 2)
    return height === WHOLE
      ? [{ axis: 1, id: 0 }]
      : [
          { axis: 1, id: 1 },
          { axis: 2, id: 0 },
        ];
  if (dims !== 3) return c.refuse('a region of a blob of four dimensions');
  if (height === WHOLE && channels === WHOLE) return [{ axis: 1, id: 0 }];
  if (channels === WHOLE)
    return [
      { axis: 1, id: 1 },
      { axis: 2, id: 0 },
    ];
  return [
    { axis: 1, id: 2 },
    { axis: 2, id: 1 },
    { axis: 3, id: 0 },
  ];
}

/** Rows. */
export const BORDER = { Padding: padding, Crop: crop };
