/** What heads do with outputs that are not what they look like, and with numbers that no network should give: an error, or right boxes. */
import { describe, expect, it } from 'vitest';
import { COCO_80 } from '../../src/catalogue/coco.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { BoxNodes } from '../../src/heads/box-nodes.ts';
import { POSE_HEADS } from '../../src/heads/poses.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import type { HeadedTaskOptions } from '../../src/tasks/headed-task.ts';
import type { DetectOptions } from '../../src/tasks/detector.ts';
import type { Detection } from '../../src/vision/decode/detections.ts';
import { range } from '../../src/util/arrays.ts';
import { constantNetwork, INPUT, type Outputs } from '../helpers/head-cases.ts';
import { runHead } from '../helpers/head-run.ts';

const PICTURE = { ...INPUT, data: new Uint8ClampedArray(4 * INPUT.width * INPUT.height) };
const names = (count: number): string[] => range(count).map((i) => `class ${i}`);

async function found(
  outputs: Outputs,
  options: HeadedTaskOptions = {},
  limits: DetectOptions = {},
): Promise<Detection[]> {
  using detector = await createDetector(constantNetwork(outputs), { backend: 'cpu', ...options });
  return await detector.detect(PICTURE, limits);
}

/** Rows x1, y1, x2, y2, score, class. */
const decoded = (...rows: readonly (readonly number[])[]): Outputs => ({
  output: tensorOf('float32', [1, rows.length, 6], rows.flat()),
});

/** Boxes side by side, as TensorFlow's detectors list them, of these classes. */
function listed(...classes: readonly number[]): Outputs {
  const count = classes.length;
  const boxes = classes.flatMap((_, i) => [0, i / count, 1, (i + 1) / count]);
  return {
    a: tensorOf('float32', [1, count, 4], boxes),
    b: tensorOf('float32', [1, count], classes),
    c: tensorOf(
      'float32',
      [1, count],
      classes.map((_, i) => 0.9 - 0.1 * i),
    ),
    d: tensorOf('float32', [1], [count]),
  };
}

describe('numbers', () => {
  it('NaN in a row is no box, and those beside it stay', async () => {
    const rows = decoded([0, 0, 9, 9, NaN, 1], [NaN, 0, 9, 9, 0.8, 1], [20, 20, 40, 40, 0.7, 1], [0, 0, 9, 9, 0.6, 1]);
    expect((await found(rows)).map(({ x, score }) => [x, Number(score.toFixed(3))])).toEqual([
      [20, 0.7],
      [0, 0.6],
    ]);
  });

  it('infinite corners end at the picture, and infinite scores are refused', async () => {
    const [box] = await found(decoded([-Infinity, -Infinity, Infinity, Infinity, 0.5, 0]));
    expect(box).toMatchObject({ x: 0, y: 0, ...INPUT });
    expect(await found(decoded([0, 0, 9, 9, -Infinity, 0]))).toEqual([]);
    await expect(found(decoded([0, 0, 9, 9, Infinity, 0]))).rejects.toThrow('a score of Infinity');
  });

  it('scores that are no probabilities are refused', async () => {
    await expect(found(decoded([0, 0, 9, 9, 0.5, 0], [0, 0, 9, 9, 17, 0]))).rejects.toThrow('a score of 17');
    // As much as eight bits may be too large.
    expect(await found(decoded([0, 0, 9, 9, 1.004, 0]))).toHaveLength(1);
  });

  it('one row, and none, are read', async () => {
    expect(await found(decoded([0, 0, 9, 9, 0.5, 0]))).toHaveLength(1);
    expect(await found(decoded())).toEqual([]);
  });

  it.each([NaN, -0.1, 1.1, Infinity])('a threshold or an overlap of %d is refused', async (value) => {
    const rows = decoded([0, 0, 9, 9, 0.5, 0]);
    await expect(found(rows, {}, { threshold: value })).rejects.toMatchObject({ name: 'InputError' });
    await expect(found(rows, {}, { iou: value })).rejects.toMatchObject({ name: 'InputError' });
  });
});

describe('classes', () => {
  it('beyond the names, or below none, are refused', async () => {
    const rows = decoded([0, 0, 9, 9, 0.5, 3]);
    expect(await found(rows, { labels: names(4) })).toMatchObject([{ index: 3, label: 'class 3' }]);
    await expect(found(rows, { labels: names(3) })).rejects.toThrow('class 3 was found, and there are names of 3');
    await expect(found(decoded([0, 0, 9, 9, 0.5, -1]))).rejects.toThrow('class -1');
  });

  it('of COCO’s ids are not taken for those of 80 names', async () => {
    const [labels, ids] = [[...COCO_80], [1, 13, 90].map((id) => id - 1)];
    await expect(found(listed(...ids), { labels })).rejects.toMatchObject({
      message: expect.stringContaining('80 names') as string,
      detail: { hint: expect.stringContaining("'ssd-coco'") as string },
    });
    const coco = await found(listed(...ids), { labels, decode: 'ssd-coco' });
    expect(coco.map(({ label }) => label)).toEqual(['person', 'stop sign', 'toothbrush']);
    expect((await found(listed(0, 79), { labels, decode: 'ssd' })).map(({ label }) => label)).toEqual([
      'person',
      'toothbrush',
    ]);
    // Of 12, 91 and -5 none is an id of a class with boxes.
    for (const id of [12, 91, -5]) {
      await expect(found(listed(id - 1), { labels, decode: 'ssd-coco' })).rejects.toThrow('class -1');
    }
  });

  it('of torchvision’s lists are not either', async () => {
    const lists = {
      boxes: tensorOf('float32', [1, 4], [0, 0, 9, 9]),
      labels: tensorOf('int64', [1], [90]),
      scores: tensorOf('float32', [1], [0.9]),
    };
    const labels = [...COCO_80];
    await expect(found(lists, { labels })).rejects.toThrow('80 names');
    expect(await found(lists, { labels, decode: 'torchvision-coco' })).toMatchObject([{ label: 'toothbrush' }]);
    await expect(found(lists, { labels, decode: 'torchvision' })).rejects.toThrow('class 90');
  });
});

/** Columns `[1, 4 + last.length, 126]` of boxes in pixels, whose further rows are these numbers in every cell. */
function columns(...last: readonly ((cell: number) => number)[]): Tensor {
  const box = [(cell: number) => cell % 96, () => 30, () => 8, () => 8];
  return tensorOf(
    'float32',
    [1, 4 + last.length, 126],
    [...box, ...last].flatMap((row) => range(126).map(row)),
  );
}

describe('shapes that more than one kind has', () => {
  const angles = { output0: columns(() => 0.1, () => 0.2, (cell) => cell / 80 - 0.5) }; // prettier-ignore

  it('an angle is not read as a class', async () => {
    await expect(found(angles)).rejects.toThrow('scores of classes are probabilities');
    await expect(found(angles, { labels: names(2) })).rejects.toThrow('nothing that is decoded here');
    const two = { output0: columns(() => 0.1, () => 0.5) }; // prettier-ignore
    expect(new Set((await found(two)).map(({ index }) => index))).toEqual(new Set([1]));
  });

  it('names are as many as there are classes', async () => {
    const two = { output0: columns(() => 0.1, () => 0.5) }; // prettier-ignore
    for (const count of [1, 3]) {
      await expect(found(two, { labels: names(count) })).rejects.toThrow(`names of ${count} classes`);
    }
  });

  it('another decoder, or none there is, is refused by name', async () => {
    const rows = decoded([0, 0, 9, 9, 0.5, 0]);
    await expect(found(rows, { decode: 'centernet' })).rejects.toThrow('not what centernet reads');
    await expect(found(rows, { decode: 'yolov9' })).rejects.toMatchObject({
      detail: { hint: expect.stringContaining('yolov8') as string },
    });
  });

  it('rows of six, as many as there are, are read as corners first or as a label first only where that is said', async () => {
    const b = new GraphBuilder('counted');
    const picture = b.input('picture', 'float32', [1, 3, INPUT.height, INPUT.width]);
    const nodes = new BoxNodes(b);
    const two = nodes.columns(nodes.reshaped(picture, [-1]), 0, 2, 0);
    const which = nodes.binary('greater', two, b.constant('limits', tensorOf('float32', [2], [-1000, 1000])));
    const row = b.constant('rows', tensorOf('float32', [2, 6], [1, 0.9, 0.25, 0.25, 0.5, 0.75, 2, 0, 0, 0, 1, 1]));
    const [kept = ''] = b.add('NonZero', [which], {}, { outputCount: 2 });
    const chosen = b.one('Gather', [row, b.one('Squeeze', [kept], { axes: [0] })], { axis: 0 });
    b.output(b.one('Unsqueeze', [chosen], { axes: [0] }));
    const graph = b.build();
    await expect(createDetector(graph, { backend: 'cpu' })).rejects.toMatchObject({
      message: expect.stringContaining('rows of six numbers') as string,
      detail: { hint: expect.stringContaining('rows, or detection-output') as string },
    });
    using detector = await createDetector(graph, { backend: 'cpu', decode: 'detection-output' });
    const { width, height } = INPUT;
    expect(await detector.detect(PICTURE)).toMatchObject([
      { index: 1, x: width / 4, y: height / 4, width: width / 4, height: height / 2 },
    ]);
  });

  it('rows behind the last of a layer are no things, whatever the threshold', async () => {
    const out = tensorOf('float32', [1, 1, 2, 7], [0, 1, 0.5, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(await found({ out }, {}, { threshold: 0 })).toMatchObject([{ index: 1 }]);
  });

  it('maps of any number are heat maps only where that is said', () => {
    const maps = {
      output: tensorOf(
        'float32',
        [1, 19, 4, 6],
        range(19 * 24).map(() => 0.5),
      ),
    };
    expect(() => runHead(POSE_HEADS, maps, { width: 24, height: 16 })).toThrow('nothing that is decoded here');
    expect(runHead(POSE_HEADS, maps, { width: 24, height: 16, named: 'heat-maps' }).head).toBe('heat-maps');
  });

  it('two pictures at once are refused, whatever each of them shows', async () => {
    const b = new GraphBuilder('two');
    b.input('picture', 'float32', [2, 3, INPUT.height, INPUT.width]);
    const rows = tensorOf('float32', [2, 1, 6], [0, 0, 9, 9, 0.5, 0, 10, 10, 20, 20, 0.9, 1]);
    b.output(b.one('Identity', [b.constant('value', rows)], {}, { outputs: ['rows'] }));
    await expect(createDetector(b.build(), { backend: 'cpu' })).rejects.toThrow('expects 2x3x');
  });
});
