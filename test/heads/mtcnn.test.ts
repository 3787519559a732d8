/** How the networks of MTCNN are shown pictures: rows and columns exchanged, and boxes of them, of which many are cut at once. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { FACE_HEADS } from '../../src/heads/faces.ts';
import { MTCNN_HEADS } from '../../src/heads/mtcnn.ts';
import type { Head } from '../../src/heads/head.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { createHeadedTask } from '../../src/tasks/headed-task.ts';
import type { PictureModel } from '../../src/tasks/picture-model.ts';
import { range } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';

/** Sums and products of a few numbers of float32. */
const EXACT = { rtol: 1e-5, atol: 1e-5 };
const NOTHING = tensorOf('float32', [0], []);

/** What a task is made of. */
class Opened {
  readonly model: PictureModel;
  constructor(model: PictureModel) {
    this.model = model;
  }
}

async function opened(graph: Graph, heads: readonly Head[]): Promise<PictureModel> {
  const task = createHeadedTask(Opened, 'face-detection', graph, { backend: 'cpu' }, () => Promise.resolve(heads));
  return (await task).model;
}

/** A network on `[1, 3, side, side]`, which only suggests these extents. */
function network(side: number, write: (b: GraphBuilder, x: string) => readonly string[]): Graph {
  const b = new GraphBuilder('parts');
  for (const output of write(b, b.input('data', 'float32', [1, 3, side, side]))) b.output(output);
  const graph = b.build();
  return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, suggested: true })) };
}

/** A part along axes 1, 2 and 3. */
function part(b: GraphBuilder, x: string, starts: readonly number[], ends: readonly number[]): string {
  return b.one('Slice', [x, ...[starts, ends, [1, 2, 3]].map((list) => b.ints('list', list))], {});
}

const rows = (b: GraphBuilder, x: string, columns: number): string =>
  b.one('Reshape', [x, b.ints('rows', [-1, columns])], { allowZero: false });

/** Red, green and blue of a pixel: sums that name it. */
const colour = (x: number, y: number, c: number): number => 2 * x + 3 * y + 40 * c;

const [WIDTH, HEIGHT] = [20, 16];
const picture = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : colour(Math.floor(i / 4) % WIDTH, Math.floor(i / 4 / WIDTH), i % 4),
  ),
};

const MANY = 2 ** 31 - 1;

describe('the first network', () => {
  // Of what it sees the first row of pixels: the first column of the picture.
  const first = network(12, (b, x) => {
    const row = part(b, x, [0, 0, 0], [3, 1, MANY]);
    const red = part(b, row, [0, 0, 0], [1, 1, MANY]);
    return [b.one('Concat', [row, red], { axis: 1 }), part(b, row, [0, 0, 0], [2, 1, MANY])];
  });

  it('sees a picture of any size with rows and columns exchanged, and its maps are turned back', async () => {
    const model = await opened(first, FACE_HEADS);
    expect(model.head?.decode).toBe('mtcnn');
    const preprocessing = { ...model.preprocessing, width: WIDTH, height: HEIGHT };
    const outputs = await model.session.run({ [model.input.name]: { picture, preprocessing } });
    const { scores = '', offsets = '' } = model.head?.results ?? {};
    const columns = (channels: readonly number[]) =>
      channels.flatMap((c) => range(HEIGHT).map((y) => (colour(0, y, c) - 127.5) / 128));
    expect(outputs[scores]?.shape).toEqual([1, 2, HEIGHT, 1]);
    expectClose(outputs[scores] ?? NOTHING, tensorOf('float32', [1, 2, HEIGHT, 1], columns([0, 1])), EXACT);
    expectClose(outputs[offsets] ?? NOTHING, tensorOf('float32', [1, 4, HEIGHT, 1], columns([0, 1, 2, 0])), EXACT);
    model.session.dispose();
  });

  it('has scores and offsets alone', async () => {
    const scores = network(12, (b, x) => [part(b, x, [0, 0, 0], [2, 1, 1])]);
    await expect(opened(scores, FACE_HEADS)).rejects.toThrow(InputError);
    await expect(opened(scores, FACE_HEADS)).rejects.toThrow('mtcnn reads scores [1, 2, h, w] of background and face');
  });
});

/** What a network of 24 pixels sees of a box. Colours rise evenly, so that whatever lies between pixels does, too. */
function seen(box: readonly number[], column: number, row: number, c: number): number {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  const [x, y] = [x1 + ((column + 0.5) / 24) * (x2 - x1), y1 + ((row + 0.5) / 24) * (y2 - y1)];
  return ((x < 0 ? 0 : colour(x - 0.5, y - 0.5, c)) - 127.5) / 128;
}

describe('the second network', () => {
  // Of what it sees pixels of one row: of a column of the box.
  const second = network(24, (b, x) => [
    rows(b, part(b, x, [1, 0, 0], [2, 1, 4]), 4),
    rows(b, part(b, x, [0, 5, 3], [1, 6, 5]), 2),
  ]);

  it('sees many boxes of a picture at once, each as its whole input, black beyond the picture', async () => {
    const model = await opened(second, MTCNN_HEADS.rnet);
    const preprocessing = { ...model.preprocessing, width: WIDTH, height: HEIGHT };
    const boxes = [
      [2, 1, 14, 13],
      [3.5, 2.25, 17.5, 14.25],
      [-40, -40, -16, -16],
    ];
    const outputs = await model.session.run({
      [model.input.name]: { picture, preprocessing },
      [model.head?.feeds['boxes'] ?? '']: tensorOf('float32', [3, 4], boxes.flat()),
    });
    const { scores = '', offsets = '' } = model.head?.results ?? {};
    const of = (columns: number, places: readonly (readonly [number, number, number])[]) =>
      tensorOf(
        'float32',
        [3, columns],
        boxes.flatMap((box) => places.map((place) => seen(box, ...place))),
      );
    expectClose(
      outputs[scores] ?? NOTHING,
      of(
        2,
        [3, 4].map((row) => [5, row, 0]),
      ),
      EXACT,
    );
    expectClose(
      outputs[offsets] ?? NOTHING,
      of(
        4,
        range(4).map((row) => [0, row, 1]),
      ),
      EXACT,
    );
    model.session.dispose();
  });

  it('is no third one, which has points', async () => {
    await expect(opened(second, MTCNN_HEADS.onet)).rejects.toThrow('mtcnn-onet reads');
    await expect(opened(second, FACE_HEADS)).rejects.toThrow(InputError);
  });
});
