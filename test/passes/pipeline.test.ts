/** The whole pipeline: random networks mean the same before and after, and real ones end as small as they should. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../src/core/compare.ts';
import { importModel } from '../../src/formats/detect.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Activation, OpKind } from '../../src/ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../src/ir/ops.ts';
import { transposedElements } from '../../src/passes/layout/sinker.ts';
import { getRow } from '../../src/core/on-demand.ts';
import { compile, PASSES } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { at, product } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { compileVerified, expectConsistent, expectSameMeaning, feedsFor, freeze } from '../helpers/passes.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { hasSharedData, ramp, readGolden, sharedModel } from '../helpers/shared-data.ts';

/** Builds networks of a channels-first format the way importers do, from random choices. */
class RandomNet {
  readonly b: GraphBuilder;
  readonly random: () => number;
  constructor(seed: number) {
    this.b = new GraphBuilder(`random${seed}`);
    this.random = randomSource(seed);
  }
  below(n: number): number {
    return Math.floor(this.random() * n);
  }
  weights(shape: readonly number[], low = -0.5, high = 0.5): string {
    return this.b.constant('w', randomTensor('float32', shape, this.random, low, high));
  }
  wrapped(x: string, add: (x: string) => string): string {
    const last = this.b.one('Transpose', [x], { perm: [0, 2, 3, 1] });
    return this.b.one('Transpose', [add(last)], { perm: [0, 3, 1, 2] });
  }
  conv(x: string, channels: number, group = 1): string {
    const k = at([1, 3], this.below(2));
    const w = this.b.one('Transpose', [this.weights([channels, channels / group, k, k])], { perm: [2, 3, 1, 0] });
    const inputs = this.below(2) === 0 ? [w] : [w, this.weights([channels])];
    const window = {
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      padMode: at(['sameUpper', 'sameLower'] as const, this.below(2)),
    };
    return this.wrapped(x, (v) => this.b.one('Conv', [v, ...inputs], { ...window, group, activation: NO_ACTIVATION }));
  }
  norm(x: string, channels: number): string {
    const parameters = [0, 1, 2].map(() => this.weights([channels], 0.2, 1.5));
    const inputs = [x, ...parameters, this.weights([channels], 0.2, 2)];
    return this.b.one('BatchNormalization', inputs, { axis: 1, epsilon: 1e-3, activation: NO_ACTIVATION });
  }
  activate(x: string): string {
    const choices: Activation[] = [
      RELU,
      RELU6,
      { kind: 'hardSwish', alpha: 0, beta: 0 },
      { kind: 'leakyRelu', alpha: 0.1, beta: 0 },
    ];
    return this.b.one('Activation', [x], { activation: at(choices, this.below(choices.length)) });
  }
  binary(kind: 'add' | 'mul', a: string, c: string): string {
    return this.b.one('Binary', [a, c], { kind, activation: NO_ACTIVATION });
  }
  shuffle(x: string, shape: readonly number[]): string {
    const [n = 1, c = 0, h = 0, w = 0] = shape;
    const split = this.b.one('Reshape', [x, this.b.ints('s', [n, 2, c / 2, h, w])], { allowZero: false });
    const swapped = this.b.one('Transpose', [split], { perm: [0, 2, 1, 3, 4] });
    return this.b.one('Reshape', [swapped, this.b.ints('s', [n, -1, h, w])], { allowZero: false });
  }
  gate(x: string, channels: number): string {
    const pooled = this.wrapped(x, (v) => this.b.one('GlobalAveragePool', [v], {}));
    const squeezed = this.b.one('Activation', [this.conv(pooled, channels)], {
      activation: { kind: 'sigmoid', alpha: 0, beta: 0 },
    });
    return this.binary('mul', x, squeezed);
  }
}

function randomNet(seed: number): Graph {
  const net = new RandomNet(seed);
  const channels = 2 * (1 + net.below(3));
  const shape = [1 + net.below(2), channels, 1 + net.below(5), 2 + net.below(4)];
  const values = [net.b.input('x', 'float32', shape)];
  for (let i = 0; i < 10; i++) {
    const x = at(values, Math.max(0, values.length - 1 - net.below(3)));
    const steps: (() => string)[] = [
      () => net.conv(x, channels),
      () => net.activate(net.norm(net.conv(x, channels, at([1, 2, channels], net.below(3))), channels)),
      () => net.norm(x, channels),
      () => net.activate(x),
      () => net.binary('add', x, at(values, net.below(values.length))),
      () => net.binary(at(['add', 'mul'] as const, net.below(2)), x, net.weights([channels, 1, 1])),
      () => net.shuffle(x, shape),
      () => net.gate(x, channels),
      () => net.b.one('Identity', [x], {}),
    ];
    values.push(at(steps, net.below(steps.length))());
  }
  for (const name of new Set(values.slice(-2))) net.b.output(name);
  return net.b.build();
}

/** Passes after which values have no descriptions yet. */
const UNDESCRIBED = ['bind-shapes', 'padded-suppression'];

describe('compile', () => {
  it('keeps the meaning of random networks, each pass consistent and leaving its input alone', () => {
    for (let seed = 0; seed < 100; seed++) {
      const source = freeze(randomNet(seed));
      const reference = compileVerified(source, { level: 'reference' });
      let current = source;
      for (const pass of PASSES) {
        const before = current;
        current = freeze(getRow(pass.run)(before, { level: 'full' }));
        // A pass that would not be loaded would have changed nothing.
        if (pass.applies?.(before, { level: 'full' }, source) === false) expect(current, pass.name).toBe(before);
        if (UNDESCRIBED.includes(pass.name)) continue;
        expectConsistent(current);
        if (pass.name !== 'layout') continue;
        expect(transposedElements(current)).toBeLessThanOrEqual(transposedElements(before));
      }
      // Ten layers of up to 9·6 products each, in another order.
      expectSameMeaning(reference, current, floatTolerance(540, 4));
    }
  });

  it('changes nothing the second time', () => {
    for (let seed = 0; seed < 20; seed++) {
      const once = compile(randomNet(seed), { level: 'full' });
      expect(compile(freeze(once), { level: 'full' })).toBe(once);
    }
  });

  it('binds shapes and refuses those that do not fit', () => {
    const b = new GraphBuilder('test');
    b.output(b.one('Activation', [b.input('x', 'float32', ['n', 3])], { activation: RELU }, { outputs: ['y'] }));
    const graph = compile(b.build(), { level: 'full', inputShapes: { x: [5, 3] } });
    expect(graph.values.get('y')).toEqual({ dtype: 'float32', shape: [5, 3] });
    expect(() => compile(b.build(), { level: 'full', inputShapes: { x: [5, 4] } })).toThrow(/input "x"/);
  });

  it('keeps pre-activation normalisations, with their activation', () => {
    const net = new RandomNet(3);
    const x = net.b.input('x', 'float32', [1, 4, 3, 3]);
    const scaled = net.binary('mul', net.norm(x, 4), net.weights([4, 1, 1]));
    const shifted = net.binary('add', scaled, net.weights([1, 4, 1, 1]));
    net.b.output(net.conv(net.b.one('Activation', [shifted], { activation: RELU }), 4));
    const graph = compile(net.b.build(), { level: 'full' });
    expect(graph.nodes.map((n) => n.op)).toEqual(['BatchNormalization', 'Transpose', 'Conv', 'Transpose']);
  });
});

type Counts = Readonly<Partial<Record<OpKind, number>>>;

/** Operators that must be all there is, by model: what convolution networks come down to. */
const EXPECTED: Readonly<Record<string, Counts>> = {
  light_bvlc_alexnet: { Transpose: 2, Conv: 5, LRN: 2, MaxPool: 3, Reshape: 1, Gemm: 3, Softmax: 1 },
  light_densenet121: {
    Transpose: 1,
    Conv: 121,
    MaxPool: 1,
    BatchNormalization: 62,
    Concat: 58,
    AveragePool: 3,
    GlobalAveragePool: 1,
    Reshape: 1,
  },
  light_inception_v1: {
    Transpose: 1,
    Conv: 57,
    MaxPool: 13,
    LRN: 2,
    Concat: 9,
    AveragePool: 1,
    Reshape: 1,
    Gemm: 1,
    Softmax: 1,
  },
  light_inception_v2: {
    Transpose: 1,
    Conv: 69,
    MaxPool: 5,
    AveragePool: 8,
    Concat: 10,
    Reshape: 1,
    Gemm: 1,
    Softmax: 1,
  },
  light_resnet50: { Transpose: 1, Conv: 53, MaxPool: 1, AveragePool: 1, Reshape: 1, Gemm: 1, Softmax: 1 },
  light_shufflenet: {
    Transpose: 1,
    Conv: 49,
    MaxPool: 1,
    AveragePool: 4,
    ChannelShuffle: 16,
    Concat: 3,
    Activation: 3,
    Reshape: 1,
    Gemm: 1,
    Softmax: 1,
  },
  light_squeezenet: { Transpose: 1, Conv: 26, MaxPool: 3, Concat: 8, GlobalAveragePool: 1, Reshape: 1, Softmax: 1 },
  light_vgg19: { Transpose: 2, Conv: 16, MaxPool: 5, Reshape: 1, Gemm: 3, Softmax: 1 },
  light_zfnet512: { Transpose: 2, Conv: 5, LRN: 2, MaxPool: 3, Reshape: 1, Gemm: 3, Softmax: 1 },
  FastestDet: {
    Transpose: 2,
    Conv: 70,
    MaxPool: 1,
    Concat: 19,
    Slice: 26,
    AveragePool: 1,
    Resize: 1,

    Softmax: 1,
  },
  'version-RFB-320': { Transpose: 1, Conv: 52, Concat: 5, Reshape: 8, Softmax: 1, Slice: 6, Binary: 9, Unary: 1 },
};

describe.skipIf(!hasSharedData)('real models', () => {
  it.each(Object.keys(EXPECTED))('%s: nothing is left that a kernel need not run', async (name) => {
    const { graph: source } = await importModel(sharedModel(`onnx/${name}.onnx`));
    const graph = compileVerified(source, { level: 'full' });
    const counts: Partial<Record<OpKind, number>> = {};
    for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1;
    expect(counts).toEqual(EXPECTED[name]);
    expectConsistent(graph);
    // Transposes: the picture on the way in; before a flatten that mixes extents, or a map that leaves as it came.
    const others = graph.nodes.filter((n) => n.op === 'Transpose').slice(1);
    for (const { outputs } of others) {
      const output = at(outputs, 0);
      const readers = graph.nodes.filter((n) => n.inputs.includes(output)).map((n) => n.op);
      expect(graph.outputs.includes(output) || readers.join() === 'Reshape').toBe(true);
    }
  });

  it.each(['light_shufflenet', 'light_squeezenet'])('%s gives the same at both levels', async (name) => {
    const { graph: source } = await importModel(sharedModel(`onnx/${name}.onnx`));
    const [input] = source.inputs;
    const feeds = new Map([[input?.name ?? '', ramp(input?.shape.map(Number) ?? [])]]);
    const [expected] = runGraph(compile(source, { level: 'reference' }), feeds).values();
    const [actual] = runGraph(compile(source, { level: 'full' }), feeds).values();
    if (!actual || !expected) throw new Error('no output');
    expectClose(actual, expected, floatTolerance(1, 0.01), name);
  });

  it.each(['FastestDet__street', 'version-RFB-320__faces_1'])(
    '%s agrees with onnxruntime at level full',
    async (name) => {
      const golden = readGolden(name);
      const { graph: source } = await importModel(
        sharedModel(golden.model.startsWith('onnx/') ? golden.model : `onnx/${golden.model}`),
      );
      const feeds = new Map(golden.inputs.map(({ name: input, tensor }) => [input, tensor]));
      const outputs = runGraph(compile(source, { level: 'full' }), feeds);
      for (const { name: output, tensor } of golden.outputs) {
        const actual = outputs.get(output);
        if (!actual) throw new Error(`no output ${output}`);
        expect(product(actual.shape)).toBe(product(tensor.shape));
        // SOURCES.md: rtol 1e-3, atol 1e-4.
        expectClose(actual, tensor, { rtol: 1e-3, atol: 1e-4 }, output);
      }
    },
  );
});

const humanModels = fileURLToPath(new URL('../../node_modules/@vladmandic/human/models/', import.meta.url));

describe('TensorFlow.js models', () => {
  /** Two runs of it take the CPU half a minute; on the GPU it is compared with TensorFlow.js (tfjs-models.gpu.test.ts). */
  const LARGE = 'centernet';

  const quick = [
    ['blazeface', 256, 78],
    [LARGE, 512, 147],
  ] as const;
  const slow = [
    ['faceres', 224, 33],
    ['movenet-lightning', 192, 129],
  ] as const;

  it.each(FULL ? [...quick, ...slow] : quick)(
    '%s at %i pixels: the same at both levels, in %i nodes',
    async (name, size, nodes) => {
      const { graph: source } = await importModel({
        main: { name: `${name}.json`, bytes: readFileSync(`${humanModels}${name}.json`) },
        read: (file) => Promise.resolve(readFileSync(`${humanModels}${file}`)),
      });
      const inputShapes = Object.fromEntries(source.inputs.map((i) => [i.name, [1, size, size, 3]]));
      const reference = compileVerified(source, { level: 'reference', inputShapes });
      const full = compileVerified(source, { level: 'full', inputShapes });
      expect(full.nodes.length).toBe(nodes);
      expectConsistent(full);
      if (name === LARGE) return;
      const feeds = feedsFor(reference);
      const expected = runGraph(reference, feeds);
      for (const [output, actual] of runGraph(full, feeds)) {
        const tensor = expected.get(output);
        if (!tensor) throw new Error(`no output ${output}`);
        let peak = 0;
        for (const v of tensor.data) peak = Math.max(peak, Math.abs(v));
        // Folded and unfolded weights round differently in each of up to 90 layers: relative to the largest element.
        expectClose(actual, tensor, { rtol: 0, atol: 1e-4 * peak }, output);
      }
    },
  );
});
