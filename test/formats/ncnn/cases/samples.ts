/** Resizing, and reductions. */
import { positiveBlob, randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import { elementAt, plainBlob, plainReduce, plainResize, type PlainBlob } from '../../../helpers/ncnn-plain.ts';

const [vector, matrix, image] = [randomBlob(6), randomBlob(4, 6), randomBlob(4, 3, 6)];

function one(layer: string, x: PlainBlob, expected: PlainBlob): NcnnCase {
  return { name: `${layer} of ${x.extents.length} dimensions`, layer, inputs: [x], expected: [expected] };
}

const as = (x: PlainBlob, ...extents: readonly number[]): PlainBlob => ({ ...x, extents });

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

/** Layers that make one element of several. */
export const SAMPLE_CASES: readonly NcnnCase[] = [...RESIZES, ...REDUCTIONS];
