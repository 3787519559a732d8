/** Half storage and what chooses: coordinates, scores and indices are not rounded, nor is what they are computed of. */
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { GREEDY_SUPPRESSION, NO_ACTIVATION, type BinaryKind } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { range } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import '../helpers/every-operator.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

/** Boxes; more numbers than constants need to be worth halving. */
const BOXES = 300;

/** A builder with shorthands. */
class Net extends GraphBuilder {
  pair(kind: BinaryKind, a: string, b: string | number): string {
    const right = typeof b === 'string' ? b : this.constant('c', tensorOf('float32', [], [b]));
    return this.one('Binary', [a, right], { kind, activation: NO_ACTIVATION });
  }

  floats(shape: readonly number[], values: (i: number) => number): string {
    const count = shape.reduce((a, b) => a * b, 1);
    return this.constant('floats', tensorOf('float32', shape, range(count).map(values)));
  }

  int(value: number): string {
    return this.constant('int', tensorOf('int64', [], [value]));
  }
}

/** Corners by hand: centres that anchors say, by thousands of pixels, with a fraction, and a shift that is computed. */
function corners(n: Net, x: string): string {
  const anchors = n.floats([1, BOXES, 4], (i) => 1000 + 0.3 * i);
  const shifted = n.pair(
    'add',
    n.pair(
      'mul',
      x,
      n.floats([4], () => 2),
    ),
    anchors,
  );
  return n.pair(
    'add',
    shifted,
    n.floats([4], (i) => (i < 2 ? -8 : 8)),
  );
}

/** Centres and sizes that overlap by about a half. */
function centres(n: Net, x: string): string {
  const anchors = n.floats([1, BOXES, 4], (i) => (i % 4 < 2 ? 2100 + 0.3 * i : 16));
  return n.pair('add', x, anchors);
}

/** As YOLOv5 and YOLOv7 are exported with their suppression. */
function turned(n: Net, boxes: string): string {
  const rows = [1, 0, 1, 0, 0, 1, 0, 1, -0.5, 0, 0.5, 0, 0, -0.5, 0, 0.5];
  return n.one('MatMul', [boxes, n.floats([4, 4], (i) => rows[i] ?? 0)], {
    transA: false,
    transB: false,
    activation: NO_ACTIVATION,
  });
}

/** Which boxes are kept, where those before are better. */
function suppressed(n: Net, boxes: string): string {
  const scores = n.floats([1, 1, BOXES], (i) => 1 - i / 1000);
  const bounds = [0.5, 0].map((value) => n.floats([], () => value));
  const inputs = [boxes, scores, n.int(BOXES), ...bounds];
  const [rows = ''] = n.add('NonMaxSuppression', inputs, GREEDY_SUPPRESSION, { outputCount: 2 });
  return rows;
}

/** What an element of x, of `[1, 300, 4]` between 0 and 1, chooses. */
const CHOICES: Readonly<Record<string, (n: Net, x: string) => string>> = {
  'boxes of NonMaxSuppression': (n, x) => suppressed(n, corners(n, x)),
  'scores of TopK, which halves would make equal': (n, x) => {
    const scores = n.pair('add', n.pair('mul', n.one('Unary', [x], { kind: 'abs' }), 1e-4), 0.9);
    const [, places = ''] = n.add(
      'TopK',
      [n.one('Transpose', [scores], { perm: [0, 2, 1] }), n.ints('k', [20])],
      { axis: 2, largest: true },
      { outputCount: 2 },
    );
    return places;
  },
  'the grid of GridSample, in pixels divided by how many there are': (n, x) => {
    const picture = n.floats([1, 1, 2000, 1], (i) => (i * i) % 97);
    const places = n.pair(
      'add',
      n.pair('mul', x, 3),
      n.floats([1, BOXES, 4], (i) => 1.5 * i),
    );
    const across = n.pair('sub', n.pair('mul', places, 2 / 1999), 1);
    const flat = n.one('Reshape', [across, n.ints('shape', [1, 2 * BOXES, 1, 2])], { allowZero: false });
    return n.one('GridSample', [picture, flat], { mode: 'linear', padding: 'border', alignCorners: true });
  },
  'boxes of RoiAlign': (n, x) => {
    const picture = n.floats([1, 175, 175, 1], (i) => i % 175);
    const boxes = n.one('Reshape', [corners(n, x), n.ints('shape', [BOXES, 4])], { allowZero: false });
    const batch = n.constant(
      'batch',
      tensorOf(
        'int64',
        [BOXES],
        range(BOXES).map(() => 0),
      ),
    );
    return n.one('RoiAlign', [picture, boxes, batch], {
      mode: 'avg',
      outputHeight: 1,
      outputWidth: 1,
      samplingRatio: 1,
      spatialScale: 1 / 8,
      coordinateMode: 'half_pixel',
    });
  },
  'boxes that a matrix turns into corners': (n, x) => suppressed(n, turned(n, centres(n, x))),
  'boxes that are picked by a condition, and by their numbers': (n, x) => {
    const boxes = corners(n, x);
    const large = n.pair('greater', x, 0.5);
    const moved = n.one('Where', [large, n.pair('add', boxes, 0.4), boxes], {});
    const backwards = n.ints(
      'backwards',
      range(BOXES).map((i) => BOXES - 1 - i),
    );
    return suppressed(n, n.one('Gather', [moved, backwards], { axis: 1 }));
  },
  'scores, the best of several each': (n, x) => {
    const scores = n.pair('mul', n.pair('add', n.pair('mul', x, 1e-4), 0.9), 0.5);
    const best = n.one('Reduce', [scores], { kind: 'max', axes: [2], keepDims: false });
    const [, places = ''] = n.add('TopK', [best, n.ints('k', [20])], { axis: 1, largest: true }, { outputCount: 2 });
    return places;
  },
  'integers beyond 2048': (n, x) => {
    const indices = n.one('Unary', [n.pair('add', n.pair('mul', x, 10), 4000)], { kind: 'floor' });
    return n.one('Cast', [indices], { to: 'int32' });
  },
};

describe('float16', () => {
  beforeEach(({ skip }) => skip(!device.features.has('shader-f16'), 'this adapter has no shader-f16'));

  it.each(Object.entries(CHOICES))('%s', async (_name, choose) => {
    const n = new Net('choice');
    // Something that a half would hold lies before what is chosen by.
    const shape = [1, BOXES, 4];
    const x = n.one('Unary', [n.input('x', 'float32', shape)], { kind: 'abs' });
    n.output(choose(n, x));
    const graph = n.build();
    const feeds = new Map<string, Tensor>([['x', randomTensor('float32', shape, randomSource(5), 0, 1)]]);
    const [expected] = runGraph(compile(graph, { level: 'reference' }), feeds).values();
    using session = await Session.create(graph, { gpu: device, precision: 'float16' });
    const [found] = Object.values(await session.run(Object.fromEntries(feeds)));
    if (!expected || !found) throw new TypeError('the network has one output');
    // Coordinates of thousands, computed in float32.
    expectClose(found, expected, { rtol: found.dtype === 'float32' ? 1e-4 : 0, atol: 0 }, 'what is chosen');
  });
});
