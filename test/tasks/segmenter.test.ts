/** Class maps of small networks, whose answers are known: layouts, integers, mattes, letterboxes, thresholds; and what is refused. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { createSegmenter } from '../../src/tasks/segmenter.ts';
import type { Pixels } from '../../src/vision/pixels.ts';

/** A network whose output is what `write` makes of its picture, channels last, four pixels square. */
function network(write: (b: GraphBuilder, picture: string) => string): Graph {
  const b = new GraphBuilder('small');
  b.output(write(b, b.input('picture', 'float32', [1, 4, 4, 3])));
  return b.build();
}

const moved = (b: GraphBuilder, x: string, perm: readonly number[]): string => b.one('Transpose', [x], { perm });
const best = (b: GraphBuilder, x: string, dtype: 'int32' | 'int64'): string =>
  b.one('ArgReduce', [x], { kind: 'max', axis: 3, keepDims: false, dtype });
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
