/** Half storage and statistics: norms written out node by node keep variances, sums and denominators in float32. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, type BinaryKind, type ReduceKind, type UnaryKind } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import '../helpers/every-operator.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

const SHAPE = [2, 4, 6, 8];

/** A builder with shorthands. */
class Net extends GraphBuilder {
  pair(kind: BinaryKind, a: string, b: string | number): string {
    const right = typeof b === 'string' ? b : this.constant('c', tensorOf('float32', [], [b]));
    return this.one('Binary', [a, right], { kind, activation: NO_ACTIVATION });
  }

  each(kind: UnaryKind, x: string): string {
    return this.one('Unary', [x], { kind });
  }

  fold(kind: ReduceKind, x: string, ...axes: number[]): string {
    return this.one('Reduce', [x], { kind, axes, keepDims: true });
  }

  average(x: string): string {
    return this.one('GlobalAveragePool', [x], {});
  }

  /** Sums along the last dimension, as a product. */
  sums(x: string): string {
    const ones = this.constant('ones', tensorOf('float32', [8, 1], new Float32Array(8).fill(1)));
    return this.one('MatMul', [x, ones], { transA: false, transB: false, activation: NO_ACTIVATION });
  }

  /** sqrt(x + epsilon) */
  deviation(x: string, epsilon = 1e-5): string {
    return this.each('sqrt', this.pair('add', x, epsilon));
  }
}

/** What divides what, as exporters write it; x is of thousands, so that its square is no half. */
const NORMS: Readonly<Record<string, (n: Net, x: string) => string>> = {
  'layer norm, by a power': (n, x) => {
    const centred = n.pair('sub', x, n.fold('mean', x, 3));
    return n.pair('div', centred, n.deviation(n.fold('mean', n.pair('pow', centred, 2), 3)));
  },
  'instance norm, by a difference of squares': (n, x) => {
    const mean = n.fold('mean', x, 1, 2);
    const variance = n.pair('sub', n.fold('mean', n.each('square', x), 1, 2), n.each('square', mean));
    return n.pair('div', n.pair('sub', x, mean), n.deviation(variance));
  },
  'instance norm, by pools': (n, x) => {
    const centred = n.pair('sub', x, n.average(x));
    return n.pair('div', centred, n.deviation(n.average(n.each('square', centred))));
  },
  'RMS norm, by a reciprocal': (n, x) =>
    n.pair('mul', x, n.each('reciprocal', n.deviation(n.fold('mean', n.pair('mul', x, x), 3)))),
  'L2 norm, never zero': (n, x) => n.pair('div', x, n.pair('max', n.fold('l2', x, 3), 1e-12)),
  'L2 norm, through a Transpose': (n, x) => {
    const squares = n.one('Transpose', [n.each('square', x)], { perm: [0, 3, 1, 2] });
    return n.pair('div', x, n.one('Transpose', [n.each('sqrt', n.fold('sum', squares, 1))], { perm: [0, 2, 3, 1] }));
  },
  'L2 norm, summed by a product': (n, x) => n.pair('div', x, n.each('sqrt', n.sums(n.pair('mul', x, x)))),
  'L1 norm, summed by a product, never zero': (n, x) => {
    const sum = n.one('Squeeze', [n.sums(n.pair('mul', n.each('abs', x), 8))], { axes: [3] });
    return n.pair('div', x, n.one('Unsqueeze', [n.pair('add', sum, 1e-6)], { axes: [3] }));
  },
  'the reciprocal of what may be zero': (n, x) => {
    const size = n.each('abs', n.each('round', n.pair('div', x, 2000)));
    return n.pair('mul', size, n.each('reciprocal', n.pair('add', size, 1e-7)));
  },
  // Whole numbers, which a half holds: only their powers are no halves.
  'softmax, not shifted': (n, x) => {
    const powers = n.each('exp', n.each('round', n.pair('div', x, 200)));
    return n.pair('div', powers, n.fold('sum', powers, 3));
  },
};

/** A network of one norm, of elements that no reduction reads as they come in, and leave through an activation. */
function network(norm: (n: Net, x: string) => string): Graph {
  const n = new Net('norm');
  const slope = { kind: 'leakyRelu', alpha: 0.5, beta: 0 } as const;
  const x = n.one('Activation', [n.input('x', 'float32', SHAPE)], { activation: slope });
  n.output(n.one('Activation', [norm(n, x)], { activation: { kind: 'softsign', alpha: 0, beta: 0 } }));
  return n.build();
}

describe('float16', () => {
  beforeEach(({ skip }) => skip(!device.features.has('shader-f16'), 'this adapter has no shader-f16'));

  it.each(Object.entries(NORMS))('%s', async (_name, norm) => {
    const graph = network(norm);
    const feeds = new Map<string, Tensor>([['x', randomTensor('float32', SHAPE, randomSource(5), -4000, 4000)]]);
    const [expected] = runGraph(compile(graph, { level: 'reference' }), feeds).values();
    using session = await Session.create(graph, { gpu: device, precision: 'float16' });
    const [found] = Object.values(await session.run(Object.fromEntries(feeds)));
    if (!expected || !found) throw new TypeError('the network has one output');
    // Elements are halves before and after a norm: two roundings to 11 bits, of which the root is four times as exact.
    expectClose(found, expected, { rtol: 2 ** -9, atol: 2 ** -9 }, 'the norm');
  });

  it('lets other elements overflow, and the step check names the node', async () => {
    const n = new Net('overflow');
    const slope = { kind: 'leakyRelu', alpha: 0.5, beta: 0 } as const;
    const x = n.one('Activation', [n.input('x', 'float32', [8])], { activation: slope }, { name: 'leaky' });
    const y = n.one(
      'Binary',
      [x, n.input('f', 'float32', [1])],
      { kind: 'mul', activation: NO_ACTIVATION },
      { name: 'scaled' },
    );
    n.output(n.one('Unary', [y], { kind: 'sign' }, { name: 'sign' }));
    using session = await Session.create(n.build(), { gpu: device, precision: 'float16' });
    const feeds = { x: tensorOf('float32', [8], [1, 2, 3, 4, 5, 6, 7, 300]), f: tensorOf('float32', [1], [300]) };
    const reports = await session.check(feeds);
    const wrong = reports.filter(({ ok }) => !ok);
    expect(wrong.map(({ node }) => node)).toEqual(['scaled']);
    expect(at(wrong, 0).text).toMatch(/beyond 65504/);
  });
});
