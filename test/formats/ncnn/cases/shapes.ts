/** Other orders and extents, parts and borders. */
import { randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import { elementAt, plainBlob, type PlainBlob } from '../../../helpers/ncnn-plain.ts';

const [vector, matrix, image, volume] = [randomBlob(6), randomBlob(4, 6), randomBlob(4, 3, 6), randomBlob(2, 3, 4, 5)];

function one(layer: string, x: PlainBlob, expected: PlainBlob, name = layer): NcnnCase {
  return { name: `${name} of ${x.extents.length} dimensions`, layer, inputs: [x], expected: [expected] };
}

const as = (x: PlainBlob, ...extents: readonly number[]): PlainBlob => ({ ...x, extents });

const RESHAPES: NcnnCase[] = [
  ...[vector, matrix, image, volume].map((x) => one('Flatten', x, as(x, x.data.length))),
  one('Reshape 0=-1', image, as(image, 72)),
  one('Reshape 0=12 1=6', image, as(image, 6, 12)),
  one('Reshape 0=-1 1=4', image, as(image, 4, 18)),
  one('Reshape 0=0 1=-1', image, as(image, 12, 6)),
  one('Reshape 0=0 1=-1 2=2', image, as(image, 2, 6, 6)),
  one('Reshape 0=-1 1=0 2=0', image, as(image, 4, 3, 6)),
  one('Reshape 0=-1 1=0 2=2', matrix, as(matrix, 2, 4, 3)),
  one('Reshape 0=0 1=0 2=0', matrix, as(matrix, 1, 4, 6)),
  one('Reshape 0=2 1=3 11=2 2=-1', image, as(image, 6, 2, 3, 2)),
  one('Reshape 0=3 1=-1', vector, as(vector, 2, 3)),
  one('Reshape 0=0 1=0 2=-1', volume, as(volume, 6, 4, 5)),
];

/** By memory: the innermost dimension of the result first. */
function permuted(type: number, x: PlainBlob, order: string): NcnnCase {
  const names = { 2: 'hw', 3: 'chw', 4: 'cdhw' }[x.extents.length] ?? '';
  const outer = [...order].reverse().map((name) => names.indexOf(name));
  const expected = plainBlob(
    outer.map((axis) => x.extents[axis] ?? 0),
    (place) =>
      elementAt(
        x,
        x.extents.map((_, axis) => place[outer.indexOf(axis)] ?? 0),
      ),
  );
  return one(`Permute 0=${type}`, x, expected);
}

const PERMUTES: NcnnCase[] = [
  one('Permute 0=0', vector, vector),
  ...['wh', 'hw'].map((order, type) => permuted(type, matrix, order)),
  ...['whc', 'hwc', 'wch', 'cwh', 'hcw', 'chw'].map((order, type) => permuted(type, image, order)),
  ...(
    [
      [1, 'hwdc'],
      [3, 'dwhc'],
      [4, 'hdwc'],
      [9, 'cwhd'],
      [14, 'wcdh'],
      [17, 'cdwh'],
      [20, 'hcdw'],
      [22, 'dchw'],
    ] as const
  ).map(([type, order]) => permuted(type, volume, order)),
];

const shuffled = randomBlob(6, 2, 3);
const pixels = randomBlob(8, 2, 3);

function pixelShuffle(byPixel: boolean): NcnnCase {
  const expected = plainBlob([2, 4, 6], ([c = 0, y = 0, x = 0]) => {
    const within = (y % 2) * 2 + (x % 2);
    return elementAt(pixels, [byPixel ? within * 2 + c : c * 4 + within, Math.floor(y / 2), Math.floor(x / 2)]);
  });
  return one(`PixelShuffle 0=2 1=${byPixel ? 1 : 0}`, pixels, expected);
}

const CHANNELS: NcnnCase[] = [
  pixelShuffle(false),
  pixelShuffle(true),
  one(
    'ShuffleChannel 0=2',
    shuffled,
    plainBlob([6, 2, 3], ([c = 0, ...p]) => elementAt(shuffled, [(c % 2) * 3 + Math.floor(c / 2), ...p])),
  ),
  one(
    'ShuffleChannel 0=2 1=1',
    shuffled,
    plainBlob([6, 2, 3], ([c = 0, ...p]) => elementAt(shuffled, [(c % 3) * 2 + Math.floor(c / 3), ...p])),
  ),
];

/** A part along an axis. */
function part(x: PlainBlob, axis: number, from: number, to: number): PlainBlob {
  return plainBlob(x.extents.with(axis, to - from), (place) =>
    elementAt(x, place.with(axis, (place[axis] ?? 0) + from)),
  );
}

function slices(layer: string, x: PlainBlob, axis: number, ends: readonly number[]): NcnnCase {
  const expected = ends.map((end, i) => part(x, axis, ends[i - 1] ?? 0, end));
  return { name: `${layer} into ${ends.length}`, layer, inputs: [x], expected };
}

const joined = [randomBlob(2, 3, 4), randomBlob(1, 3, 4), randomBlob(3, 3, 4)] as const;
const wide = [randomBlob(2, 3, 4), randomBlob(2, 3, 1)] as const;

const PARTS: NcnnCase[] = [
  slices('Slice -23300=2,-233,-233', image, 0, [2, 4]),
  slices('Slice -23300=2,-233,-233 1=2', image, 2, [3, 6]),
  slices('Slice -23300=3,-233,-233,-233 1=0', randomBlob(5, 2, 2), 0, [1, 3, 5]),
  // The height is what a picture decides.
  slices('Slice -23300=2,-233,-233 1=1', randomBlob(2, 5, 2), 1, [2, 5]),
  slices('Slice -23300=3,1,2,1', image, 0, [1, 3, 4]),
  slices('Slice 0=1,-233 1=-2', image, 1, [1, 3]),
  slices('Slice -23300=2,1,2', image, 0, [1, 3]),
  slices('Slice -23302=2,1,-1', image, 0, [1, 3, 4]),
  slices('Slice -23302=1,-2 1=2', image, 2, [4, 6]),
  slices('Slice -23300=2,2,4', vector, 0, [2, 6]),
  {
    name: 'Concat along channels',
    layer: 'Concat',
    inputs: joined,
    expected: [{ extents: [6, 3, 4], data: joined.flatMap(({ data }) => data) }],
  },
  {
    name: 'Concat along the width',
    layer: 'Concat 0=-1',
    inputs: wide,
    expected: [
      plainBlob([2, 3, 5], ([c = 0, y = 0, x = 0]) =>
        x < 4 ? elementAt(wide[0], [c, y, x]) : elementAt(wide[1], [c, y, 0]),
      ),
    ],
  },
];

/** Layers that move elements. */
export const SHAPE_CASES: readonly NcnnCase[] = [
  ...RESHAPES,
  ...PERMUTES,
  ...CHANNELS,
  ...PARTS,
  slices('Slice -23300=1,-233', image, 0, [4]),
];
