/** Factors of channels, softmax, products, and layers that hand blobs on. */
import { range } from '../../../../src/util/arrays.ts';
import { mapped, numbers, randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import { plainBinary, plainReduce, type PlainBlob } from '../../../helpers/ncnn-plain.ts';

const image = randomBlob(3, 4, 5);
const wide = mapped(randomBlob(3, 4, 5), (v) => 4 * v);

/** Of blobs of one to three dimensions, whose outermost has three. */
const blobs = [[3], [3, 4], [3, 4, 5]].map((extents) => randomBlob(...extents));
const channelOf = ({ extents }: PlainBlob, i: number): number =>
  Math.floor(i / extents.slice(1).reduce((a, b) => a * b, 1));
const byChannel = (x: PlainBlob, f: (v: number, channel: number) => number): PlainBlob => ({
  ...x,
  data: x.data.map((v, i) => f(v, channelOf(x, i))),
});

const [slope, mean, variance, bias] = [numbers(3), numbers(3), [0.5, 1, 2], numbers(3)] as const;

const channelCases = blobs.flatMap((x): NcnnCase[] => {
  const dims = `of ${x.extents.length} dimensions`;
  return [
    {
      name: `BatchNorm ${dims}`,
      layer: 'BatchNorm 0=3 1=0.001',
      inputs: [x],
      weights: [{ plain: slope }, { plain: mean }, { plain: variance }, { plain: bias }],
      expected: [
        byChannel(
          x,
          (v, c) => ((v - (mean[c] ?? 0)) / Math.sqrt((variance[c] ?? 0) + 0.001)) * (slope[c] ?? 0) + (bias[c] ?? 0),
        ),
      ],
    },
    {
      // By no deviation ncnn does not divide, but by this.
      name: `BatchNorm of channels that are constant, ${dims}`,
      layer: 'BatchNorm 0=3',
      inputs: [x],
      weights: [{ plain: slope }, { plain: mean }, { plain: [0.5, 0, 2] }, { plain: bias }],
      expected: [
        byChannel(
          x,
          (v, c) =>
            ((v - (mean[c] ?? 0)) / ([Math.sqrt(0.5), 1e-4, Math.SQRT2][c] ?? 1)) * (slope[c] ?? 0) + (bias[c] ?? 0),
        ),
      ],
    },
    {
      name: `Scale ${dims}`,
      layer: 'Scale 0=3 1=1',
      inputs: [x],
      weights: [{ plain: slope }, { plain: bias }],
      expected: [byChannel(x, (v, c) => v * (slope[c] ?? 0) + (bias[c] ?? 0))],
    },
    {
      name: `Bias ${dims}`,
      layer: 'Bias 0=3',
      inputs: [x],
      weights: [{ plain: bias }],
      expected: [byChannel(x, (v, c) => v + (bias[c] ?? 0))],
    },
    {
      name: `PReLU ${dims}`,
      layer: 'PReLU 0=3',
      inputs: [x],
      weights: [{ plain: slope }],
      expected: [byChannel(x, (v, c) => (v < 0 ? v * (slope[c] ?? 0) : v))],
    },
    {
      name: `PReLU with one slope ${dims}`,
      layer: 'PReLU 0=1',
      inputs: [x],
      weights: [{ plain: [0.3] }],
      expected: [mapped(x, (v) => (v < 0 ? 0.3 * v : v))],
    },
    ...range(x.extents.length).flatMap((axis) => [softmax(x, axis, axis), softmax(x, axis, axis - x.extents.length)]),
  ];
});

function softmax(x: PlainBlob, axis: number, written: number): NcnnCase {
  const sums = plainReduce(x, [axis], (v) => v.reduce((sum, e) => sum + Math.exp(e), 0));
  const expected = plainBinary(mapped(x, Math.exp), sums, (a, b) => a / b);
  return {
    name: `Softmax along ${written} of [${x.extents.join()}]`,
    layer: `Softmax 0=${written} 1=1`,
    inputs: [x],
    expected: [expected],
  };
}

const gate = randomBlob(3);

const furtherCases: NcnnCase[] = [
  {
    name: 'Scale by a blob',
    layer: 'Scale 0=-233',
    inputs: [image, gate],
    expected: [byChannel(image, (v, c) => v * (gate.data[c] ?? 0))],
  },
  { name: 'Split', layer: 'Split', inputs: [image], expected: [image, image, image] },
  { name: 'Noop', layer: 'Noop', inputs: [image, wide], expected: [image, wide] },
  ...products(),
];

/** Products of vectors, images and rows. */
function products(): NcnnCase[] {
  const [weights, shift] = [numbers(4 * 6), numbers(4)];
  const product = (data: readonly number[]): number[] =>
    range(4).map((o) => data.reduce((sum, v, k) => sum + v * (weights[o * 6 + k] ?? 0), shift[o] ?? 0));
  const layer = 'InnerProduct 0=4 1=1 2=24';
  const own = { layer, weights: [{ flagged: weights }, { plain: shift }], terms: 6 };
  const [vector, map, matrix, rows] = [randomBlob(6), randomBlob(1, 2, 3), randomBlob(2, 3), randomBlob(5, 6)];
  return [
    {
      ...own,
      name: 'InnerProduct of a vector',
      inputs: [vector],
      expected: [{ extents: [4], data: product(vector.data) }],
    },
    { ...own, name: 'InnerProduct of an image', inputs: [map], expected: [{ extents: [4], data: product(map.data) }] },
    {
      ...own,
      name: 'InnerProduct of a matrix',
      inputs: [matrix],
      expected: [{ extents: [4], data: product(matrix.data) }],
    },
    {
      ...own,
      name: 'InnerProduct of rows, and a clip',
      layer: `${layer} 9=3 -23310=2,-0.5,0.5`,
      inputs: [rows],
      expected: [
        mapped({ extents: [5, 4], data: range(5).flatMap((i) => product(rows.data.slice(6 * i, 6 * i + 6))) }, (v) =>
          Math.min(Math.max(v, -0.5), 0.5),
        ),
      ],
    },
  ];
}

/** What goes by channels. */
export const CHANNEL_CASES: readonly NcnnCase[] = [...channelCases, ...furtherCases];
