/** Blobs that are weights, and those that are others in another order, shape or number. */
import { range } from '../../../util/arrays.ts';
import { gatherBlocks } from '../../lib/composites.ts';
import { extentList, extentNode, LAST_INDEX, withWhole } from '../../lib/layer-nodes.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

/** Extents of a blob by the parameters 0, 1, 11 and 2: width, height, depth, channels; those that are 0 are none. */
function extentsOf(c: NcnnContext): number[] {
  const [w, h, d, ch] = [0, 1, 11, 2].map((id) => c.intFrom(0, id, 0)) as [number, number, number, number];
  if (d > 0) return [ch, d, h, w];
  if (ch > 0) return [ch, h, w];
  return h > 0 ? [h, w] : [w > 0 ? w : c.refuse('a blob without extents')];
}

/** Weights as a blob, one for each image. */
function memoryData(c: NcnnContext): string {
  const extents = extentsOf(c);
  // Weights of newer files say how they lie.
  const data = c.int(21, 1) === 0 ? c.weights(extents) : c.plain(extents, 'data');
  return c.perImage(data);
}

/** The axes of a blob that a layer says in one of its two ways: a list, or a flag for each dimension. */
function chosenAxes(c: NcnnContext, dims: number): number[] {
  const listed = c.intList(3);
  if (c.has(3)) {
    return listed.map((axis) => {
      if (axis < -dims || axis >= dims) c.fail(`axis ${axis} of a blob of ${dims} dimensions`);
      return (axis < 0 ? axis + dims : axis) + 1;
    });
  }
  const wanted = new Set(flagged(c));
  const names = { 1: ['w'], 2: ['h', 'w'], 3: ['c', 'h', 'w'], 4: ['c', 'd', 'h', 'w'] }[dims] ?? [];
  return names.flatMap((name, i) => (wanted.has(name) ? [i + 1] : []));
}

/**
 * Takes out dimensions, those of them that have one element. One whose extent only a picture decides has one, or is refused once that
 * is known; but of several flags, which mean whichever there are, the file must say which.
 */
function squeeze(c: NcnnContext): string {
  const x = c.input();
  const extents = c.extents(x);
  const all = chosenAxes(c, c.dims(x));
  const unknown = all.filter((axis) => extents[axis] === undefined);
  if (!c.has(3) && all.length > 1) {
    c.refuseAll(
      unknown.map((axis) => `taking out dimension ${axis - 1} if it has one element, which the file does not say`),
    );
  }
  const gone = all.filter((axis) => (extents[axis] ?? 1) === 1);
  // The last dimension stays: a blob has one at least.
  const axes = gone.length === c.dims(x) ? gone.slice(0, -1) : gone;
  return axes.length === 0 ? c.one('Identity', [x], {}) : c.one('Squeeze', [x], { axes });
}

/** The dimensions that a blob of so many may be given one more of, by the place where that goes. */
const ADDED: Readonly<Record<number, readonly string[]>> = {
  1: ['h', 'w'],
  2: ['c', 'h', 'w'],
  3: ['c', 'd', 'h', 'w'],
};

/** Puts dimensions of one element in: of a vector two at most, its rows between them, of other blobs one. */
function expandDims(c: NcnnContext): string {
  const x = c.input();
  const dims = c.dims(x);
  const places = ADDED[dims] ?? c.refuse(`a blob of ${dims} dimensions`);
  const wanted = new Set(c.has(3) ? c.intList(3).map((axis) => places.at(axis) ?? c.fail(`axis ${axis}`)) : flagged(c));
  const axes = places.flatMap((place, i) => (wanted.has(place) ? [i + 1] : []));
  if (axes.length === 2 && dims === 1) return c.one('Unsqueeze', [x], { axes: [1, 3] });
  if (axes.length > 1) c.refuse(`${axes.length} more dimensions of a blob of ${dims}`);
  return axes.length === 0 ? same(c) : c.one('Unsqueeze', [x], { axes });
}

/** Dimensions by a flag for each. */
function flagged(c: NcnnContext): string[] {
  return Object.entries({ w: 0, h: 1, d: 11, c: 2 }).flatMap(([name, id]) => (c.flag(id) ? [name] : []));
}

/** A blob so many times along an axis, or along each. */
function tile(c: NcnnContext): string {
  const x = c.input();
  const dims = c.dims(x);
  const repeats = c.intList(2);
  if (repeats.length === 0) {
    const axis = dims === 1 ? 1 : c.axisOf(x, c.int(0, 0));
    return tiled(
      c,
      x,
      range(dims).map((i) => (i + 1 === axis ? c.intFrom(1, 1, 1) : 1)),
    );
  }
  if (repeats.length > 4 || repeats.some((n) => n < 1)) c.fail(`repeats [${repeats.join(', ')}]`);
  // A blob gets no more dimensions for being there once.
  while (repeats.length > dims && repeats[0] === 1) repeats.shift();
  const missing = repeats.length - dims;
  const view = missing > 0 ? c.one('Unsqueeze', [x], { axes: range(missing).map((i) => i + 1) }) : x;
  return tiled(c, view, [...range(Math.max(-missing, 0)).map(() => 1), ...repeats]);
}

function tiled(c: NcnnContext, x: string, repeats: readonly number[]): string {
  return c.one('Tile', [x, c.ints([1, ...repeats])], {});
}

/** The places of the greatest numbers of all, the last of equal ones first, and above them, where they are asked for, the numbers. */
function argMax(c: NcnnContext): string {
  const [hasValues, count] = [c.flag(0), c.intFrom(1, 1, 1)];
  const flat = c.reshape(c.input(), [0, -1]);
  const ends = [-1, -LAST_INDEX, 1, -1].map((value) => c.ints([value]));
  const turned = c.one('Slice', [flat, ...ends], {});
  const [values = '', behind = ''] = c.many('TopK', [turned, c.ints([count])], { axis: 1, largest: true }, 2);
  const places = c.binary('sub', withWhole(c, 'add', extentNode(c, flat, 1), -1), behind);
  const rows = [...(hasValues ? [values] : []), c.one('Cast', [places], { to: 'float32' })];
  const apart = rows.map((row) => c.one('Unsqueeze', [row], { axes: [1] }));
  return apart.length === 1 ? (apart[0] ?? '') : c.one('Concat', apart, { axis: 1 });
}

/** Blocks of pixels as channels: those of a channel side by side, or in the newer mode all first pixels of blocks before all second. */
function reorg(c: NcnnContext): string {
  const [block, mode] = [c.intFrom(1, 0, 1), c.int(1, 0)];
  const x = c.input();
  if (c.dims(x) !== 3) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  if (mode !== 0 && mode !== 1) c.refuse(`mode ${mode}`);
  const y = c.aroundLast(x, (last) => gatherBlocks(c, last, block));
  if (mode === 1) return y;
  // Channels are counted by block row, block column, old channel: the old ones are to come first.
  const [height, width] = [extentNode(c, y, 2), extentNode(c, y, 3)];
  const split = c.reshapeTo(y, extentList(c, [0, block * block, -1, height, width]));
  const moved = c.one('Transpose', [split], { perm: [0, 2, 1, 3, 4] });
  return c.reshapeTo(moved, extentList(c, [0, -1, height, width]));
}

/** Gives a blob on as it is. */
function same(c: NcnnContext): string {
  return c.one('Identity', [c.input()], {});
}

/** Between kinds of real numbers, all of which are float32 here. */
function cast(c: NcnnContext): string {
  const [from, to] = [c.int(0, 0), c.int(1, 0)];
  const real = new Set([0, 1, 2, 4]);
  if (!real.has(from) || !real.has(to)) c.refuse(`a cast from type ${from} to ${to}`);
  return same(c);
}

/** How a blob lies in memory. */
function packing(c: NcnnContext): string {
  c.ignore(0, 1, 2, 3, 4, 5);
  return same(c);
}

/** Rows. */
export const BLOBS = {
  MemoryData: memoryData,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Tile: tile,
  ArgMax: argMax,
  Reorg: reorg,
  DeepCopy: same,
  Cast: cast,
  Packing: packing,
} satisfies Record<string, NcnnTranslation>;
