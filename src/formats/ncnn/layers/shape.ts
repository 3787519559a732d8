/** Other extents, or another order, for the same elements. */
import { range } from '../../../util/arrays.ts';
import { WHOLE, type NcnnContext } from '../context.ts';
import { combined, reshapedTo, axisSize, type Size } from './sizes.ts';

function flatten(c: NcnnContext): string {
  const x = c.input();
  return c.dims(x) === 1 ? x : c.reshape(x, [0, -1]);
}

/** Where width, height, depth and channels of a blob lie, by its dimensions: axes of the value. */
const PLACES: readonly { readonly w?: number; readonly h?: number; readonly d?: number; readonly c?: number }[] = [
  {},
  { w: 1 },
  { h: 1, w: 2 },
  { c: 1, h: 2, w: 3 },
  { c: 1, d: 2, h: 3, w: 4 },
];

/** The extents are by name: 0 is what the blob has of that name, which is 1 for a name that it has not. */
function reshape(c: NcnnContext): string {
  const x = c.input();
  c.refuseText(6, 'extents by an expression');
  c.refuseFlag(3, 'the order of elements that older files reshape in');
  if ([12, 13].some((id) => c.int(id, 233) !== 233)) c.refuse('a dimension that is the batch');
  const given = { c: c.int(2, WHOLE), d: c.int(11, WHOLE), h: c.int(1, WHOLE), w: c.int(0, WHOLE) };
  const dims = given.w === WHOLE ? 0 : given.h === WHOLE ? 1 : given.c === WHOLE ? 2 : given.d === WHOLE ? 3 : 4;
  if (dims === 0) c.fail('gives no extents');
  const names = (['c', 'd', 'h', 'w'] as const).filter((name) => PLACES[dims]?.[name] !== undefined);
  const sizes = names.map((name, i): Size => {
    const size = given[name];
    if (size !== 0) return size > 0 || size === -1 ? size : c.fail(`extent ${size}`);
    const axis = PLACES[c.dims(x)]?.[name];
    return axis === undefined ? 1 : axis === i + 1 ? (c.extents(x)[axis] ?? 0) : axisSize(c, x, axis);
  });
  if (sizes.filter((size) => size === -1).length > 1) c.fail('leaves more than one extent open');
  return reshapedTo(c, x, [0, ...sizes]);
}

/** Which dimensions of a blob the result's are, innermost first, by order type. */
const ORDERS: readonly (readonly string[])[] = [
  [],
  ['w'],
  ['wh', 'hw'],
  ['whc', 'hwc', 'wch', 'cwh', 'hcw', 'chw'],
  'whdc hwdc wdhc dwhc hdwc dhwc whcd hwcd wchd cwhd hcwd chwd wdch dwch wcdh cwdh dcwh cdwh hdcw dhcw hcdw chdw dchw cdhw'.split(
    ' ',
  ),
];

function permute(c: NcnnContext): string {
  const x = c.input();
  const dims = c.dims(x);
  const type = c.int(0, 0);
  if (dims === 1) return x;
  const order = ORDERS[dims]?.[type] ?? c.fail(`order ${type} of ${dims} dimensions`);
  const places: Readonly<Record<string, number>> = PLACES[dims] ?? {};
  return c.one('Transpose', [x], { perm: [0, ...[...order].reverse().map((name) => places[name] ?? 0)] });
}

/** Channels of r × r pixels become these pixels: channel (c, i, j), or with a mode of 1 (i, j, c), is pixel (i, j) of channel c. */
function pixelShuffle(c: NcnnContext): string {
  const x = c.input();
  const r = c.intFrom(1, 0, 1);
  const byPixel = c.flag(1);
  if (c.dims(x) !== 3) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  const channels = axisSize(c, x, 1);
  if (typeof channels === 'number' && channels % r ** 2 !== 0)
    c.fail(`${channels} channels are no pixels of ${r} × ${r}`);
  const outputs = combined(c, 'floorDiv', channels, r ** 2);
  const [height, width] = [axisSize(c, x, 2), axisSize(c, x, 3)];
  const apart = reshapedTo(c, x, [0, ...(byPixel ? [r, r, outputs] : [outputs, r, r]), height, width]);
  const perm = byPixel ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  const together = c.one('Transpose', [apart], { perm });
  return reshapedTo(c, together, [0, outputs, combined(c, 'mul', height, r), combined(c, 'mul', width, r)]);
}

function shuffleChannel(c: NcnnContext): string {
  const x = c.input();
  const group = c.intFrom(1, 0, 1);
  const channels = c.extents(x)[1];
  const isReverse = c.flag(1);
  if (isReverse && channels === undefined) c.refuse('channels whose number a picture decides');
  const groups = isReverse ? (channels ?? 0) / group : group;
  if (channels !== undefined && channels % group !== 0) c.fail(`${channels} channels are no ${group} groups`);
  if (c.dims(x) < 2) c.refuse('a vector');
  return c.aroundLast(x, (last) => c.main('ChannelShuffle', [last], { groups }));
}

/** Joins blobs along an axis. */
function concat(c: NcnnContext): string {
  const inputs = c.inputs();
  const axis = c.axisOf(c.input(), c.int(0, 0));
  if (inputs.some((x) => c.rank(x) !== c.rank(c.input()))) c.fail('joins blobs of different dimensions');
  return c.one('Concat', inputs, { axis });
}

/** Cuts a blob into parts along an axis, whose lengths are given, or where they begin. */
function slice(c: NcnnContext): string[] {
  const x = c.input();
  const axis = c.axisOf(x, c.int(1, 0));
  const [sizes, indices] = [c.intList(0), c.intList(2)];
  const count = c.outputCount;
  const whole = axisSize(c, x, axis);
  if (indices.length > 0 ? indices.length < count - 1 : sizes.length < count) {
    c.fail(`makes ${count} blobs, and has lengths of ${sizes.length}, beginnings of ${indices.length}`);
  }
  const ends: Size[] = [];
  for (const i of range(count)) ends.push(endOf(c, { whole, count, sizes, indices, before: ends[i - 1] ?? 0 }, i));
  return parts(c, x, axis, ends);
}

interface Cut {
  readonly whole: Size;
  readonly count: number;
  readonly sizes: readonly number[];
  readonly indices: readonly number[];
  /** Where the part begins. */
  readonly before: Size;
}

function endOf(c: NcnnContext, { whole, count, sizes, indices, before }: Cut, i: number): Size {
  const index = indices[i];
  if (index !== undefined || indices.length > 0) {
    if (i === count - 1 || index === undefined) return whole;
    return index < 0 ? combined(c, 'add', whole, index) : index;
  }
  const size = sizes[i] ?? 0;
  // What is left, in equal parts.
  const share = size === WHOLE ? combined(c, 'floorDiv', combined(c, 'sub', whole, before), count - i) : size;
  return combined(c, 'add', before, share);
}

function parts(c: NcnnContext, x: string, axis: number, ends: readonly Size[]): string[] {
  const numbers = ends.filter((end) => typeof end === 'number');
  const whole = c.extents(x)[axis];
  if (numbers.length < ends.length || (whole !== undefined && numbers.at(-1) !== whole)) {
    const last = numbers.at(-1);
    if (whole !== undefined && last !== undefined && last > whole) c.fail(`takes ${last} of ${whole}`);
    return ends.map((end, i) => cutOut(c, x, axis, ends[i - 1] ?? 0, end));
  }
  const sizes = numbers.map((end, i) => end - (numbers[i - 1] ?? 0));
  if (sizes.some((size) => size < 1)) c.fail(`parts of [${sizes.join(', ')}]`);
  return sizes.length === 1 ? [c.one('Identity', [x], {})] : c.many('Split', [x], { axis, sizes }, sizes.length);
}

function cutOut(c: NcnnContext, x: string, axis: number, from: Size, to: Size): string {
  const vector = (size: Size): string => (typeof size === 'string' ? size : c.ints([size]));
  const y = c.one('Slice', [x, vector(from), vector(to), c.ints([axis])], {});
  const length = typeof from === 'number' && typeof to === 'number' ? to - from : undefined;
  return length === undefined ? y : c.withExtents(y, c.extents(x).with(axis, length));
}

/** Rows. */
export const SHAPE = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  PixelShuffle: pixelShuffle,
  ShuffleChannel: shuffleChannel,
  Concat: concat,
  Slice: slice,
};
