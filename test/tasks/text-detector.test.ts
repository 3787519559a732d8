/** Text in pictures, by small networks that map their picture's red, and of published ones beside their recorded maps. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { measureScaling } from '../../src/tasks/measure-scaling.ts';
import { createTextDetector } from '../../src/tasks/text-detector.ts';
import { at } from '../../src/util/arrays.ts';
import type { Pixels } from '../../src/vision/pixels.ts';

const cpu = { backend: 'cpu' } as const;
const preprocessing = { mean: [0, 0, 0], std: [255, 255, 255] } as const;

/** A network whose map is the red of its picture. */
function redMap(extents: readonly [number | string, number | string], channelsFirst = true): Graph {
  const b = new GraphBuilder('red');
  const x = b.input('picture', 'float32', channelsFirst ? ['n', 3, ...extents] : ['n', ...extents, 3]);
  const lists = [b.ints('from', [0]), b.ints('to', [1]), b.ints('axes', [channelsFirst ? 1 : 3])];
  b.output(b.one('Slice', [x, ...lists], {}));
  return b.build();
}

/** White blocks on black: x, y, width and height of each. */
function blocks(width: number, height: number, ...places: readonly (readonly number[])[]): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const white = places.some(
      ([left = 0, top = 0, w = 0, h = 0]) => x >= left && x < left + w && y >= top && y < top + h,
    );
    data.set(white ? [255, 255, 255, 255] : [0, 0, 0, 255], 4 * i);
  }
  return { width, height, data };
}

const HALVED = {
  kernel: [2, 2],
  strides: [2, 2],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  padMode: 'explicit',
  ceilMode: false,
} as const;

describe('createTextDetector', () => {
  it('shows pictures in multiples of 32 pixels, and gives places in their own', async () => {
    for (const graph of [redMap(['h', 'w']), redMap(['h', 'w'], false), redMap([64, 160])]) {
      using detector = await createTextDetector(graph, { ...cpu, preprocessing });
      const picture = blocks(320, 128, [40, 30, 100, 20], [200, 80, 80, 20]);
      const found = await detector.detect(picture, { unclip: 0.01 });
      expect(found).toHaveLength(2);
      found.forEach(({ x, y, width, height, score }, i) => {
        const [left, top, wide] = i === 0 ? [40, 30, 100] : [200, 80, 80];
        // Less than two pixels of the map, of which one is two of the picture in the network of one size.
        for (const [a, b] of [
          [x, left],
          [y, top],
          [x + width, left + wide],
          [y + height, top + 20],
        ] as const)
          expect(Math.abs(a - b)).toBeLessThan(4);
        expect(score).toBeGreaterThan(0.9);
      });
    }
  });

  it('is not misled by gates, which see the whole picture', async () => {
    const b = new GraphBuilder('gated');
    const x = b.input('picture', 'float32', ['n', 'h', 'w', 3]);
    const gate = b.one('GlobalAveragePool', [b.one('MaxPool', [x], HALVED)], {});
    const map = b.one('Binary', [x, gate], { kind: 'max', activation: NO_ACTIVATION });
    b.output(b.one('Slice', [map, b.ints('from', [0]), b.ints('to', [1]), b.ints('axes', [3])], {}));
    const graph = b.build();
    const { scaling } = await measureScaling(graph, at(graph.inputs, 0), 'map');
    expect(scaling).toMatchObject({ factor: 1, lost: 0, step: 2 });
  });

  it('scales larger pictures down to a side', async () => {
    using detector = await createTextDetector(redMap(['h', 'w']), { ...cpu, preprocessing });
    const picture = blocks(640, 64, [100, 10, 300, 44]);
    for (const side of [640, 320, 100]) {
      const [found] = await detector.detect(picture, { side, unclip: 0.01, threshold: 0.5 });
      expect(Math.abs((found?.x ?? NaN) - 100)).toBeLessThan(16);
      expect(Math.abs((found?.width ?? NaN) - 300)).toBeLessThan(32);
    }
    expect(await detector.detect([blocks(1, 1), blocks(5, 2000)])).toEqual([[], []]);
  });

  it('refuses networks without a map of probabilities, and options out of range', async () => {
    const scores = new GraphBuilder('scores');
    const x = scores.input('picture', 'float32', [1, 3, 'h', 'w']);
    scores.output(scores.one('GlobalAveragePool', [scores.one('Transpose', [x], { perm: [0, 2, 3, 1] })], {}));
    await expect(createTextDetector(scores.build(), cpu)).rejects.toThrow(/makes 3x1 pixels of 128x64/);
    // Values of ImageNet's statistics are no probabilities.
    using detector = await createTextDetector(redMap(['h', 'w']), cpu);
    await expect(detector.detect(blocks(64, 64, [0, 0, 9, 9]))).rejects.toThrow(
      /where probabilities of text were expected/,
    );
    await expect(detector.detect(blocks(4, 4), { max: 0 })).rejects.toBeInstanceOf(InputError);
    await expect(detector.detect(blocks(4, 4), { threshold: 2 })).rejects.toBeInstanceOf(InputError);
  });
});
