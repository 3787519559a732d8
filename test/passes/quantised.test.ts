/** Random networks of quantised operators: every pass leaves every integer as it is. */
import { describe, expect, it } from 'vitest';
import { getRow } from '../../src/core/on-demand.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { verify } from '../../src/ir/verify.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { NO_ACTIVATION, RELU, type Rounding } from '../../src/ir/ops.ts';
import { PASSES } from '../../src/passes/pipeline.ts';
import { Dice } from '../fuzz/dice.ts';
import { expectSameMeaning, freeze } from '../helpers/passes.ts';
import type { Byte } from '../helpers/quantised-case.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const EXACT = { rtol: 0, atol: 0 };

type Block = (net: QuantisedNet, x: string) => string;

/** Builds a network of 8-bit integers [1, height, width, channels], block after block. */
class QuantisedNet {
  readonly b: GraphBuilder;
  readonly d: Dice;
  readonly type: Byte;
  readonly rounding: Rounding;
  readonly #random: () => number;
  shape: [number, number, number] = [6, 5, 4];

  constructor(seed: number) {
    this.#random = randomSource(seed);
    this.b = new GraphBuilder(`quantised${seed}`);
    this.d = new Dice(this.#random);
    this.type = this.d.pick(['int8', 'uint8'] as const);
    this.rounding = this.d.pick(['tfl-double', 'xnnpack'] as const);
  }

  get range(): readonly [number, number] {
    return this.type === 'int8' ? [-128, 127] : [0, 255];
  }

  get zero(): number {
    return this.range[0] + 90;
  }

  affine(scale = 0.05, zeroPoint = this.zero): [string, string] {
    return [this.b.constant('s', tensorOf('float32', [], [Math.fround(scale)])), this.byte(zeroPoint)];
  }

  byte(value: number): string {
    return this.b.constant('z', tensorOf(this.type, [], [value]));
  }

  weights(shape: readonly number[]): string {
    return this.b.constant('w', randomTensor(this.type, shape, this.#random, this.range[0], this.range[1] + 1));
  }

  get requantised() {
    return { rounding: this.rounding, range: this.range };
  }
}

const perm = (net: QuantisedNet, x: string, order: readonly number[]): string =>
  net.b.one('Transpose', [x], { perm: [...order] });

const BLOCKS: Readonly<Record<string, Block>> = {
  'padded convolution': (net, x) => {
    const [h, w, c] = net.shape;
    const value = net.d.pick([net.zero, net.range[0]]);
    const padded = net.b.one('Pad', [x, net.b.ints('p', [0, 1, 0, 0, 0, 1, 2, 0]), net.byte(value)], {
      mode: 'constant',
    });
    const out = net.d.pick([3, 4, 5]);
    const inputs = [padded, ...net.affine(), net.weights([3, 3, c, out]), ...net.affine(0.01), ...net.affine(0.6)];
    net.shape = [h, w, out];
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit', group: 1 } as const;
    return net.b.one('QLinearConv', inputs, { ...window, ...net.requantised });
  },
  'convolution of the same size, channels first': (net, x) => {
    const c = net.shape[2];
    const last = perm(net, perm(net, x, [0, 3, 1, 2]), [0, 2, 3, 1]);
    const inputs = [last, ...net.affine(), net.weights([3, 3, 1, c]), ...net.affine(0.01), ...net.affine(0.2)];
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'sameLower', group: c } as const;
    return net.b.one('QLinearConv', inputs, { ...window, ...net.requantised });
  },
  'addition in another order': (net, x) => {
    const y = perm(net, x, [0, 3, 1, 2]);
    const sum = net.b.one('QLinearBinary', [y, ...net.affine(), y, ...net.affine(0.03), ...net.affine(0.09)], {
      kind: 'add',
      ...net.requantised,
    });
    return perm(net, sum, [0, 2, 3, 1]);
  },
  'gate by a table': (net, x) => {
    const table = net.b.one('LookupTable', [x, net.weights([256])], {});
    return net.b.one('QLinearBinary', [x, ...net.affine(), table, ...net.affine(0.01), ...net.affine(0.07)], {
      kind: 'mul',
      ...net.requantised,
    });
  },
  'clip by minimum and maximum': (net, x) => {
    const low = net.b.one('Binary', [x, net.byte(net.range[0] + 20)], { kind: 'max', activation: NO_ACTIVATION });
    return net.b.one('Binary', [low, net.byte(net.range[1] - 30)], { kind: 'min', activation: NO_ACTIVATION });
  },
  'pool and resize': (net, x) => {
    const window = {
      kernel: [2, 2],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 1, 1, 0],
      padMode: 'explicit',
      ceilMode: false,
    } as const;
    const pooled = net.b.one('MaxPool', [x], window);
    const same = net.affine();
    const mean = net.b.one('QLinearAveragePool', [pooled, ...same, ...same], {
      ...window,
      countIncludePad: false,
      ...net.requantised,
    });
    const [h, w, c] = net.shape;
    net.shape = [h + 2, w, c];
    return net.b.one('QLinearResize', [mean], {
      sizes: [h + 2, w],
      coordinateMode: 'half_pixel',
      rounding: net.rounding,
    });
  },
  'nearest neighbours': (net, x) => {
    const [h, w, c] = net.shape;
    net.shape = [h, w + 1, c];
    const attributes = {
      ...PLAIN_RESIZE,
      axes: [1, 2],
      mode: 'nearest',
      coordinateMode: 'half_pixel',
      nearestMode: 'floor',
    } as const;
    return net.b.one('Resize', [x, '', net.b.ints('n', [h, w + 1])], attributes);
  },
  'split, swapped and concatenated': (net, x) => {
    const [h, w, c] = net.shape;
    const parts = [0, 1].map((i) =>
      net.b.one(
        'Slice',
        [x, net.b.ints('f', [i]), net.b.ints('t', [c]), net.b.ints('a', [3]), net.b.ints('s', [2])],
        {},
      ),
    );
    net.shape = [h, w, c];
    return net.b.one('Concat', parts.toReversed(), { axis: 3 });
  },
  'softmax over a view': (net, x) => {
    const [h, w, c] = net.shape;
    const flat = net.b.one('Reshape', [x, net.b.ints('n', [h * w, c])], { allowZero: true });
    const soft = net.b.one('QLinearSoftmax', [flat, ...net.affine(), ...net.affine(1 / 256, net.range[0])], {
      axis: -1,
      beta: 1,
      log: false,
      ...net.requantised,
    });
    return net.b.one('Reshape', [soft, net.b.ints('n', [1, h, w, c])], { allowZero: true });
  },
  'real numbers and back': (net, x) => {
    const real = net.b.one('DequantizeLinear', [x, ...net.affine()], { axis: 0, blockSize: 0 });
    const positive = net.b.one('Activation', [real], { activation: RELU });
    const scaled = net.b.one('Binary', [positive, net.b.constant('h', tensorOf('float32', [], [0.5]))], {
      kind: 'mul',
      activation: NO_ACTIVATION,
    });
    return net.b.one('QuantizeLinear', [scaled, ...net.affine()], {
      axis: 0,
      blockSize: 0,
      to: net.type,
      rounding: net.rounding,
    });
  },
};

/** A network of so many blocks; what one of them makes leaves it too, and so does the input. */
function network(seed: number, blocks: number): Graph {
  const net = new QuantisedNet(seed);
  const input = net.b.input('x', net.type, [1, ...net.shape]);
  let x = input;
  const made: string[] = [];
  for (let i = 0; i < blocks; i++) {
    x = BLOCKS[net.d.pick(Object.keys(BLOCKS))]?.(net, x) ?? x;
    made.push(x);
  }
  const mean = net.b.one('QLinearReduce', [x, ...net.affine(), ...net.affine(0.02)], {
    kind: 'mean',
    axes: [1, 2],
    keepDims: false,
    ...net.requantised,
  });
  const inputs = [mean, ...net.affine(), net.weights([net.shape[2], 7]), ...net.affine(0.01), ...net.affine(0.1)];
  const scores = net.b.one('QLinearMatMul', inputs, { transA: false, transB: false, ...net.requantised });
  for (const output of new Set([scores, net.d.pick(made), input])) net.b.output(output);
  return net.b.build();
}

/** Passes that had something to change. */
const changing = new Set<string>();

describe('passes on quantised networks', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))('leave every integer as it is, seed %i', (seed) => {
    let graph = network(seed, 5);
    for (const { name, applies, run } of PASSES) {
      if (applies?.(graph, { level: 'full' }, graph) === false) continue;
      const next = verify(getRow(run)(freeze(graph), { level: 'full' }));
      if (next === graph) continue;
      changing.add(name);
      try {
        // Shapes are bound by the first passes: before them nothing can run.
        if (graph.values.size > 0) expectSameMeaning(graph, next, EXACT);
      } catch (cause) {
        throw new Error(`${name} changes what the network gives`, { cause });
      }
      graph = next;
    }
  });

  it('have much to change in them', () => {
    const many = ['fold-constants', 'resolve-pads', 'canonicalise', 'layout', 'fold-pads'];
    expect([...changing]).toEqual(expect.arrayContaining(many));
  });
});
