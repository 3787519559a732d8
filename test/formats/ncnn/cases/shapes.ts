/** Other orders and extents, parts and borders, resizing, reductions. */
import { range } from '../../../../src/util/arrays.ts';
import { mapped, positiveBlob, randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import {
  bordered,
  elementAt,
  plainBlob,
  plainCut,
  plainReduce,
  plainResize,
  type PlainBlob,
  type PlainBorder,
} from '../../../helpers/ncnn-plain.ts';

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

const cutTo = (x: PlainBlob, ranges: readonly (readonly [number, number])[]): PlainBlob =>
  ranges.reduce((y, [from, to], axis) => part(y, axis, from, to), x);

const reference = randomBlob(2, 2, 3);

const CROPS: NcnnCase[] = [
  one(
    'Crop 0=1 1=1 2=0 3=4 4=2 5=-233',
    image,
    cutTo(image, [
      [0, 4],
      [1, 3],
      [1, 5],
    ]),
  ),
  one(
    'Crop 0=1 1=0 2=1 3=-233 4=-233 5=2',
    image,
    cutTo(image, [
      [1, 3],
      [0, 3],
      [1, 6],
    ]),
  ),
  one(
    'Crop 0=0 1=0 2=1 3=-233 4=-233 5=-233 6=2 7=1 8=1',
    image,
    cutTo(image, [
      [1, 3],
      [0, 2],
      [0, 4],
    ]),
  ),
  one(
    'Crop 0=1 1=-233 2=-233 3=2',
    image,
    cutTo(image, [
      [1, 3],
      [0, 3],
      [0, 6],
    ]),
  ),
  one(
    'Crop 0=1 1=2 2=-233 3=-233 4=-233',
    image,
    cutTo(image, [
      [2, 4],
      [1, 3],
      [0, 6],
    ]),
  ),
  one('Crop 0=1 3=3', vector, cutTo(vector, [[1, 4]])),
  one(
    'Crop 0=2 1=1 3=-233 4=2',
    matrix,
    cutTo(matrix, [
      [1, 3],
      [2, 6],
    ]),
  ),
  one(
    'Crop 0=1 1=-233 3=2',
    matrix,
    cutTo(matrix, [
      [1, 3],
      [0, 6],
    ]),
  ),
  one(
    'Crop -23309=1,1 -23310=1,3 -23311=1,0',
    image,
    cutTo(image, [
      [1, 3],
      [0, 3],
      [0, 6],
    ]),
  ),
  one(
    'Crop -23309=2,-4,1 -23310=2,-1,-233 -23311=2,-1,1',
    image,
    cutTo(image, [
      [0, 4],
      [1, 3],
      [2, 5],
    ]),
  ),
  one(
    'Crop -23309=1,-2 -23310=1,2147483647 -23311=1,1',
    image,
    cutTo(image, [
      [0, 4],
      [1, 3],
      [0, 6],
    ]),
  ),
  one(
    'Crop -23309=2,1,-233 -23310=2,3,4',
    matrix,
    cutTo(matrix, [
      [1, 3],
      [0, 4],
    ]),
  ),
  {
    name: 'Crop as another blob',
    layer: 'Crop 0=2 1=1 2=1',
    inputs: [image, reference],
    expected: [
      cutTo(image, [
        [1, 3],
        [1, 3],
        [2, 5],
      ]),
    ],
  },
];

const border = (top: number, bottom: number, left: number, right: number): PlainBorder => ({
  top,
  bottom,
  left,
  right,
});
const around = border(1, 2, 2, 1);

/** A border of elements of the image. */
function mirrored(x: PlainBlob, own: PlainBorder, place: (i: number, n: number) => number): PlainBlob {
  const grown = bordered(x, own, 0);
  const [, h = 0, w = 0] = x.extents;
  return plainBlob(grown.extents, ([c = 0, i = 0, j = 0]) =>
    elementAt(x, [c, place(i - own.top, h), place(j - own.left, w)]),
  );
}

const held = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);
const reflected = (i: number, n: number): number => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);

const PADDINGS: NcnnCase[] = [
  one('Padding 0=1 1=2 2=2 3=1', image, bordered(image, around, 0)),
  one('Padding 0=1 1=2 2=2 3=1 5=0.5', image, bordered(image, around, 0.5)),
  one('Padding 0=1 1=2 2=2 3=1 4=1', image, mirrored(image, around, held)),
  one('Padding 0=1 1=2 2=2 3=1 4=2', image, mirrored(image, around, reflected)),
  one(
    'Padding 7=1 8=2 5=-1.5',
    image,
    plainBlob([7, 3, 6], ([c = 0, ...p]) => (c < 1 || c > 4 ? -1.5 : elementAt(image, [c - 1, ...p]))),
  ),
  one('Padding 0=1 3=2', matrix, as(bordered(as(matrix, 1, 4, 6), border(1, 0, 0, 2), 0), 5, 8)),
  one('Padding 2=1 3=2', vector, as(bordered(as(vector, 1, 1, 6), border(0, 0, 1, 2), 0), 9)),
];

const small = randomBlob(2, 5, 6);
const RESIZES: NcnnCase[] = [
  one('Interp 0=1 1=2.0 2=3.0', small, plainResize(small, [10, 18], { type: 'nearest', factors: [1 / 2, 1 / 3] })),
  one('Interp 0=1 1=0.5 2=0.5', small, plainResize(small, [2, 3], { type: 'nearest', factors: [2, 2] })),
  one('Interp 0=1 3=7 4=4', small, plainResize(small, [7, 4], { type: 'nearest' })),
  one('Interp 0=2 1=2.0 2=2.0', small, plainResize(small, [10, 12], { type: 'linear' })),
  // Two of five rows are left, and positions follow from that, not from the half.
  one('Interp 0=2 1=0.5 2=0.5', small, plainResize(small, [2, 3], { type: 'linear' })),
  one('Interp 0=2 1=1.5 2=1.5', small, plainResize(small, [7, 9], { type: 'linear' })),
  one('Interp 0=2 3=8 4=11', small, plainResize(small, [8, 11], { type: 'linear' })),
  one('Interp 0=2 3=8 4=11 6=1', small, plainResize(small, [8, 11], { type: 'linear', aligned: true })),
  one('Interp 0=3 1=2.0 2=2.0', small, plainResize(small, [10, 12], { type: 'cubic' })),
  one('Interp 0=3 3=7 4=13 6=1', small, plainResize(small, [7, 13], { type: 'cubic', aligned: true })),
  {
    name: 'Interp as another blob',
    layer: 'Interp 0=2 5=1',
    inputs: [small, randomBlob(3, 9, 7)],
    expected: [plainResize(small, [9, 7], { type: 'linear' })],
  },
  one('Interp 0=2 4=9', matrix, as(plainResize(as(matrix, 4, 1, 6), [1, 9], { type: 'linear' }), 4, 9)),
  one(
    'Interp 0=2 3=2 4=3',
    vector,
    plainBlob([6, 2, 3], ([c = 0]) => elementAt(vector, [c])),
  ),
];

const sum = (v: readonly number[]): number => v.reduce((a, b) => a + b);
const KINDS: readonly (readonly [number, (v: readonly number[]) => number])[] = [
  [0, sum],
  [1, (v) => sum(v.map(Math.abs))],
  [2, (v) => sum(v.map((x) => x * x))],
  [3, (v) => sum(v) / v.length],
  [4, (v) => Math.max(...v)],
  [5, (v) => Math.min(...v)],
  [6, (v) => v.reduce((a, b) => a * b)],
  [7, (v) => sum(v.map(Math.abs))],
  [8, (v) => Math.sqrt(sum(v.map((x) => x * x)))],
  [9, (v) => Math.log(sum(v))],
  [10, (v) => Math.log(sum(v.map(Math.exp)))],
];

const positive = positiveBlob(2, 3, 4);

/** Without the dimensions that are gone: of all, a vector of one is left. */
function reduced(
  layer: string,
  x: PlainBlob,
  axes: readonly number[],
  f: (v: readonly number[]) => number,
  keep = false,
): NcnnCase {
  const y = plainReduce(x, axes, f);
  const rest = x.extents.filter((_, axis) => !axes.includes(axis));
  return { ...one(layer, x, keep ? y : as(y, ...(rest.length > 0 ? rest : [1]))), terms: 24 };
}

const REDUCTIONS: NcnnCase[] = [
  ...KINDS.flatMap(([op, f]) => [
    reduced(`Reduction 0=${op} 1=0 -23303=1,-1 5=1`, positive, [2], f),
    reduced(`Reduction 0=${op} 1=0 2=0.5 -23303=2,1,2 4=1 5=1`, positive, [1, 2], (v) => 0.5 * f(v), true),
  ]),
  reduced('Reduction 0=3', image, [0, 1, 2], (v) => sum(v) / v.length),
  reduced('Reduction 0=3 4=1', image, [0, 1, 2], (v) => sum(v) / v.length, true),
  reduced('Reduction 0=0', vector, [0], sum),
  reduced('Reduction 0=0 1=0 3=0, 5=1', matrix, [0], sum),
  reduced('Reduction 0=0 1=0 -23303=1,0 5=1', image, [0], sum),
];

/** Layers that move elements, or take them together. */
export const SHAPE_CASES: readonly NcnnCase[] = [
  ...RESHAPES,
  ...PERMUTES,
  ...CHANNELS,
  ...PARTS,
  ...CROPS,
  ...PADDINGS,
  ...RESIZES,
  ...REDUCTIONS,
  one(
    'ReLU',
    plainCut(bordered(image, around, 1), around),
    mapped(image, (v) => Math.max(v, 0)),
    'what is bordered and cut',
  ),
  slices(
    'Slice -23300=1,-233',
    image,
    0,
    range(1).map(() => 4),
  ),
];
