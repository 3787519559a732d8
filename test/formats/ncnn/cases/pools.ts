/** Pools. */
import { randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import {
  elementAt,
  plainBlob,
  plainPool,
  plainReduce,
  sameBorder,
  type PlainBorder,
  type PlainPool,
} from '../../../helpers/ncnn-plain.ts';

const sides = (top: number, bottom: number, left: number, right: number): PlainBorder => ({ top, bottom, left, right });

const pooled = randomBlob(2, 8, 9);

function poolCase(name: string, params: string, pool: PlainPool, x = pooled): NcnnCase {
  const { kernel, stride } = pool;
  const window = `0=${pool.kind === 'max' ? 0 : 1} 1=${kernel[1]} 11=${kernel[0]} 2=${stride[1]} 12=${stride[0]}`;
  return {
    name: `Pooling: ${name}`,
    layer: `Pooling ${window} ${params}`.trim(),
    inputs: [x],
    expected: [plainPool(x, pool)],
  };
}

const square = { kernel: [3, 3], stride: [2, 2] } as const;
const pads = sides(1, 0, 1, 1);

/** Pools. */
export const POOL_CASES: readonly NcnnCase[] = [
  poolCase('full', '', { kind: 'max', ...square, mode: 'full' }),
  poolCase('full, with pads', '3=1 14=1 13=1 15=0', { kind: 'max', ...square, pads, mode: 'full' }),
  poolCase('valid', '5=1', { kind: 'max', ...square, mode: 'valid' }),
  poolCase('valid, with pads', '3=1 14=1 13=1 15=0 5=1', { kind: 'max', ...square, pads, mode: 'valid' }),
  poolCase('windows on padding alone', '3=1', {
    kind: 'max',
    kernel: [2, 2],
    stride: [2, 2],
    pads: sides(1, 1, 1, 1),
    mode: 'full',
  }),
  poolCase('a stride beyond the window', '', { kind: 'max', kernel: [1, 1], stride: [2, 2], mode: 'full' }),
  poolCase('averages, full', '3=1 14=1 13=1 15=0', { kind: 'average', ...square, pads, mode: 'full' }),
  poolCase('averages, valid', '3=1 14=1 13=1 15=0 5=1', { kind: 'average', ...square, pads, mode: 'valid' }),
  poolCase('averages that count padding', '3=1 14=1 13=1 15=0 5=1 6=1', {
    kind: 'average',
    ...square,
    pads,
    mode: 'valid',
    countIncludePad: true,
  }),
  poolCase('averages that count padding and what is added', '3=1 14=1 13=1 15=0 6=1', {
    kind: 'average',
    ...square,
    pads,
    mode: 'full',
    countIncludePad: true,
  }),
  ...([2, 3] as const).flatMap((mode) =>
    (['max', 'average'] as const).map((kind): NcnnCase => {
      const border = sameBorder(pooled, { kernel: 3, stride: 2 }, mode === 2);
      const pool: PlainPool = { kind, ...square, pads: border, mode: 'valid', countIncludePad: true };
      return poolCase(`${kind} with pads ${mode}`, `5=${mode}`, pool);
    }),
  ),
  {
    name: 'Pooling: all of each channel, with a window that means nothing',
    layer: 'Pooling 0=1 1=7 4=1 5=1',
    inputs: [pooled],
    expected: [{ extents: [2], data: plainReduce(pooled, [1, 2], mean).data }],
  },
  {
    name: 'Pooling: the greatest of each channel',
    layer: 'Pooling 0=0 4=1',
    inputs: [pooled],
    expected: [{ extents: [2], data: plainReduce(pooled, [1, 2], (v) => Math.max(...v)).data }],
  },
  ...(['max', 'average'] as const).flatMap((kind) => [
    adaptive(kind, [3, 4], '8=4 18=3'),
    adaptive(kind, [1, 1], '8=1'),
    adaptive(kind, [11, 12], '8=12 18=11'),
  ]),
  adaptive('average', [3, 9], '8=-233 18=3'),
];

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b) / values.length;
}

/** Where window i of so many begins and ends. */
function ends(i: number, n: number, count: number): readonly [number, number] {
  return [Math.floor((i * n) / count), Math.ceil(((i + 1) * n) / count)];
}

/** Windows that cover the image. */
function adaptive(kind: 'max' | 'average', [oh, ow]: readonly [number, number], params: string): NcnnCase {
  const [h = 0, w = 0] = pooled.extents.slice(1);
  const expected = plainBlob([2, oh, ow], ([q = 0, i = 0, j = 0]) => {
    const [[top, bottom], [left, right]] = [ends(i, h, oh), ends(j, w, ow)];
    const window = plainBlob([bottom - top, right - left], ([y = 0, z = 0]) =>
      elementAt(pooled, [q, top + y, left + z]),
    );
    return kind === 'max' ? Math.max(...window.data) : mean(window.data);
  });
  const layer = `Pooling 0=${kind === 'max' ? 0 : 1} 7=1 ${params}`;
  return {
    name: `Pooling: ${kind} of ${oh} × ${ow} positions (${params})`,
    layer,
    inputs: [pooled],
    expected: [expected],
    terms: 9,
  };
}
