/** Class maps of small networks, whose answers are known: layouts, integers, mattes, letterboxes, thresholds; and what is refused. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { createSegmenter, type Segmentation } from '../../src/tasks/segmenter.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { bestClass, resizedScores } from '../helpers/class-maps.ts';
import { randomSource } from '../helpers/random.ts';

/** A network whose output is what `write` makes of its picture, channels last, four pixels square. */
function network(write: (b: GraphBuilder, picture: string) => string): Graph {
  const b = new GraphBuilder('small');
  b.output(write(b, b.input('picture', 'float32', [1, 4, 4, 3])));
  return b.build();
}

const moved = (b: GraphBuilder, x: string, perm: readonly number[]): string => b.one('Transpose', [x], { perm });
const best = (b: GraphBuilder, x: string, dtype: 'int32' | 'int64'): string =>
  b.one('ArgReduce', [x], { kind: 'max', axis: 3, keepDims: false, last: false, dtype });
const channel = (b: GraphBuilder, x: string, k: number): string =>
  b.one('Slice', [x, b.ints('from', [k]), b.ints('to', [k + 1]), b.ints('axis', [3])], {});
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const;

/** A picture of a colour for each class. */
function coloured(width: number, height: number, classes: readonly number[]): Pixels {
  const data = new Uint8Array(classes.flatMap((index) => [...(COLOURS[index] ?? [0, 0, 0]), 255]));
  return { width, height, data };
}

const CLASSES = [0, 1, 2, 0, 1, 1, 2, 0, 2, 2, 2, 2, 0, 0, 1, 1];
const SQUARE = coloured(4, 4, CLASSES);
const cpu = { backend: 'cpu' } as const;
const labels = ['road', 'tree', 'sky'];

describe('createSegmenter', () => {
  it.each([
    ['class-scores', '[1, h, w, C]', (_: GraphBuilder, x: string) => x],
    ['class-scores', '[1, C, h, w]', (b: GraphBuilder, x: string) => moved(b, x, [0, 3, 1, 2])],
    ['class-indices', 'int64 [1, h, w]', (b: GraphBuilder, x: string) => best(b, x, 'int64')],
    [
      'class-indices',
      'uint8 [1, h, w, 1]',
      (b: GraphBuilder, x: string) =>
        b.one('Unsqueeze', [b.one('Cast', [best(b, x, 'int32')], { to: 'uint8' })], { axes: [3] }),
    ],
  ])('reads %s of %s', async (decode, _, write) => {
    using segmenter = await createSegmenter(network(write), { ...cpu, labels });
    expect(segmenter.binding?.decode).toBe(decode);
    const found = await segmenter.segment(SQUARE);
    expect(found).toMatchObject({ kind: 'classes', width: 4, height: 4, labels, unlabelled: 255 });
    expect(found).toMatchObject({ data: Uint8Array.from(CLASSES), background: undefined });
    expect('shares' in found && found.shares).toEqual([
      { index: 2, label: 'sky', pixels: 6, share: 6 / 16 },
      { index: 0, label: 'road', pixels: 5, share: 5 / 16 },
      { index: 1, label: 'tree', pixels: 5, share: 5 / 16 },
    ]);
  });
});

/** A network that sees nothing: its scores `[1, h, w, C]`, of an input of four pixels square. */
function fixed(shape: readonly [number, number, number, number], values: readonly number[]): Graph {
  return network((b) => b.constant('scores', tensorOf('float32', shape, values)));
}

const classesOf = (found: Segmentation): readonly number[] => ('shares' in found ? [...found.data] : []);

describe('class scores', () => {
  it('are interpolated to the input, and each pixel of a picture has the class of the cell it lies in', async () => {
    const random = randomSource(5);
    const values = Array.from({ length: 12 }, () => 4 * random() - 2);
    const scores = tensorOf('float32', [1, 2, 2, 3], values);
    using segmenter = await createSegmenter(fixed([1, 2, 2, 3], values), cpu);
    const cell = (x: number, y: number): number => bestClass(resizedScores(scores, 4, 4), x, y).index;
    const sizes = [
      [4, 4],
      [5, 3],
      [1, 7],
    ] as const;
    const found = await segmenter.segment(
      sizes.map(([width, height]) => coloured(width, height, Array(width * height).fill(0))),
    );
    sizes.forEach(([width, height], k) => {
      const expected = Array.from({ length: width * height }, (_, i) => {
        const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
        return cell(Math.floor((4 * x) / width), Math.floor((4 * y) / height));
      });
      expect(found[k]).toMatchObject({ width, height, data: Uint8Array.from(expected) });
    });
  });

  it.each([true, false])('are told from cells where there is one class more, channels first: %s', async (first) => {
    const b = new GraphBuilder('small');
    b.input('picture', 'float32', [1, 8, 8, 3]);
    // Of the class that is the column.
    const values = Array.from({ length: 5 * 16 }, (_, i) => {
      const [k, x] = first ? [Math.floor(i / 16), i % 4] : [i % 5, Math.floor(i / 5) % 4];
      return Number(k === x);
    });
    b.output(
      b.one('Identity', [b.constant('scores', tensorOf('float32', first ? [1, 5, 4, 4] : [1, 4, 4, 5], values))], {}),
    );
    using segmenter = await createSegmenter(b.build(), cpu);
    const found = await segmenter.segment(coloured(4, 4, CLASSES));
    expect(classesOf(found)).toEqual(Array.from({ length: 16 }, (_, i) => i % 4));
  });

  it('are read within a letterbox, and pixels that are not shown are of no class', async () => {
    const rows = CLASSES.slice(0, 8);
    using within = await createSegmenter(
      network((_, x) => x),
      { ...cpu, preprocessing: { fit: 'contain' } },
    );
    expect(classesOf(await within.segment(coloured(4, 2, rows)))).toEqual(rows);
    using cut = await createSegmenter(
      network((_, x) => x),
      { ...cpu, preprocessing: { fit: 'cover' } },
    );
    const wide = [0, 3].flatMap((row) => [0, 0, ...CLASSES.slice(4 * row, 4 * row + 4), 0, 0]);
    const found = await cut.segment(coloured(8, 4, [...wide, ...wide]));
    expect(classesOf(found)).toEqual([...wide, ...wide].map((index, i) => (i % 8 > 1 && i % 8 < 6 ? index : 255)));
    // Sixteen of 32 are shown; shares are those of the whole picture.
    expect('shares' in found && found.shares.reduce((sum, { share }) => sum + share, 0)).toBe(0.5);
  });

  it('are probabilities where the threshold is', async () => {
    // exp(1) / (exp(1) + 2) is 0.576: what the softmax makes of one colour.
    using logits = await createSegmenter(
      network((_, x) => x),
      cpu,
    );
    expect(classesOf(await logits.segment(SQUARE, { threshold: 0.57 }))).toEqual(CLASSES);
    expect(classesOf(await logits.segment(SQUARE, { threshold: 0.58 }))).toEqual(CLASSES.map(() => 255));
  });

  it('may be −∞, and are refused when they are no other such numbers', async () => {
    const of = async (values: readonly number[]): Promise<readonly number[]> => {
      using segmenter = await createSegmenter(
        fixed(
          [1, 4, 4, 2],
          CLASSES.flatMap(() => values),
        ),
        { ...cpu, decode: 'class-scores' },
      );
      return classesOf(await segmenter.segment(SQUARE));
    };
    expect(await of([-Infinity, 0])).toEqual(CLASSES.map(() => 1));
    expect(await of([3e38, -3e38])).toEqual(CLASSES.map(() => 0));
    for (const values of [
      [NaN, 0],
      [Infinity, 0],
      [Infinity, -Infinity],
      [-Infinity, -Infinity],
    ]) {
      await expect(of(values), String(values)).rejects.toThrow('the network gives scores that are no finite numbers');
    }
  });
});

describe('classes', () => {
  it('that are not asked for become background, where there is one, else they are of none', async () => {
    using plain = await createSegmenter(
      network((_, x) => x),
      { ...cpu, labels },
    );
    expect(classesOf(await plain.segment(SQUARE, { deny: ['sky'] }))).toEqual(CLASSES.map((k) => (k === 2 ? 255 : k)));
    expect(classesOf(await plain.segment(SQUARE, { allow: ['tree'] }))).toEqual(
      CLASSES.map((k) => (k === 1 ? 1 : 255)),
    );
    await expect(plain.segment(SQUARE, { allow: ['tre'] })).rejects.toThrow('there is no class "tre"');
    await expect(plain.segment(SQUARE, { threshold: NaN })).rejects.toThrow('threshold');
    using with0 = await createSegmenter(
      network((_, x) => x),
      { ...cpu, labels: ['background', 'tree', 'sky'] },
    );
    const found = await with0.segment(SQUARE, { deny: ['sky'] });
    expect(found).toMatchObject({ background: 0, data: Uint8Array.from(CLASSES, (k) => (k === 2 ? 0 : k)) });
  });

  it('need labels, one for each', async () => {
    await expect(
      createSegmenter(
        network((_, x) => x),
        { ...cpu, labels: ['road', 'tree'] },
      ),
    ).rejects.toThrow('class-scores');
    using indices = await createSegmenter(
      network((b, x) => best(b, x, 'int32')),
      { ...cpu, labels: ['road', 'tree'] },
    );
    await expect(indices.segment(SQUARE)).rejects.toThrow('a pixel is of class 2, and there are names of 2');
  });

  it('are two, of one channel or two', async () => {
    const red = CLASSES.map((k) => Number(k === 0));
    using one = await createSegmenter(
      network((b, x) => channel(b, x, 0)),
      { ...cpu, decode: 'matte', labels: ['person'] },
    );
    expect(await one.segment(SQUARE)).toMatchObject({ labels: ['background', 'person'], background: 0 });
    expect(classesOf(await one.segment(SQUARE))).toEqual(red);
    expect(classesOf(await one.segment(SQUARE, { deny: ['person'] }))).toEqual(red.map(() => 0));
    // Where a pixel has neither, the first of the two.
    using scores = await createSegmenter(
      network((b, x) => b.one('Concat', [channel(b, x, 1), channel(b, x, 0)], { axis: 3 })),
      { ...cpu, decode: 'class-scores' },
    );
    expect(classesOf(await scores.segment(SQUARE))).toEqual(red);
  });
});
