/** Parts of blobs, and borders around them. */
import { randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import { bordered, elementAt, plainBlob, type PlainBlob, type PlainBorder } from '../../../helpers/ncnn-plain.ts';

const [vector, matrix, image] = [randomBlob(6), randomBlob(4, 6), randomBlob(4, 3, 6)];

function one(layer: string, x: PlainBlob, expected: PlainBlob): NcnnCase {
  return { name: `${layer} of ${x.extents.length} dimensions`, layer, inputs: [x], expected: [expected] };
}

const as = (x: PlainBlob, ...extents: readonly number[]): PlainBlob => ({ ...x, extents });

/** A part along an axis. */
function part(x: PlainBlob, axis: number, from: number, to: number): PlainBlob {
  return plainBlob(x.extents.with(axis, to - from), (place) =>
    elementAt(x, place.with(axis, (place[axis] ?? 0) + from)),
  );
}

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

/** Layers that cut blobs, or make them larger. */
export const BORDER_CASES: readonly NcnnCase[] = [...CROPS, ...PADDINGS];
