/** Quantised graphs: what is written, and that onnxruntime computes with the file what the reference does with the graph. */
import { describe, expect, it } from 'vitest';
import { GraphError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { decodeModel } from '../../src/formats/onnx/proto.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU, RELU6, type Activation } from '../../src/ir/ops.ts';
import { descOf } from '../../src/ir/rewrite.ts';
import { expectClose } from '../helpers/close.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { compileVerified, expectConsistent } from '../helpers/passes.ts';
import { quantiseByFeeds } from '../helpers/quantised-float.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { referenceRun } from '../helpers/reference.ts';

const random = randomSource(3);

/** A window that keeps the extent, or divides it by the stride. */
const window = (k: number, stride = 1): object => ({
  strides: [stride, stride],
  dilations: [1, 1],
  pads: [k >> 1, k >> 1, k >> 1, k >> 1],
  padMode: 'explicit',
});

/** Every kind of node that is quantised, on maps of odd extents: products, functions, movements, two branches, a residual. */
function everyRole(): Graph {
  const b = new GraphBuilder('every-role');
  const conv = (x: string, shape: readonly number[], group: number, activation: Activation, stride = 1): string => {
    const w = b.constant('w', randomTensor('float32', shape, random, -0.6, 0.9));
    const bias = b.constant('b', randomTensor('float32', shape.slice(-1), random, -1, 1));
    const own = { ...window(shape[0] ?? 1, stride), group, activation } as Parameters<typeof b.one<'Conv'>>[2];
    return b.one('Conv', [x, w, bias], own);
  };
  b.input('picture', 'float32', [2, 3, 11, 9]);
  const image = b.one('Transpose', ['picture'], { perm: [0, 2, 3, 1] });
  const first = conv(image, [3, 3, 3, 8], 1, RELU6);
  const pooled = b.one('MaxPool', [first], { ...window(3, 2), kernel: [3, 3], ceilMode: false } as never);
  const depthwise = conv(pooled, [3, 3, 1, 8], 8, RELU);
  const point = conv(depthwise, [1, 1, 8, 8], 1, NO_ACTIVATION);
  const sum = b.one('Binary', [point, pooled], { kind: 'add', activation: RELU });
  const [left = '', right = ''] = b.add('Split', [sum], { axis: 3, sizes: [3, 5] }, { outputCount: 2 });
  const swish = b.one('Activation', [left], { activation: { kind: 'swish', alpha: 0, beta: 0 } });
  const averaged = b.one('AveragePool', [right], {
    ...window(3),
    kernel: [3, 3],
    ceilMode: false,
    countIncludePad: false,
  } as never);
  const joined = b.one('Concat', [swish, averaged], { axis: 3 });
  const scaled = b.one('Binary', [joined, b.constant('s', tensorOf('float32', [8], [1, 2, 3, 4, 5, 6, 7, -8]))], {
    kind: 'mul',
    activation: NO_ACTIVATION,
  });
  const up = b.one('ConvTranspose', [scaled, b.constant('u', randomTensor('float32', [2, 2, 4, 6], random))], {
    strides: [2, 2],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    autoPad: 'explicit',
    outputPads: [0, 0],
    outputShape: [],
    group: 2,
    activation: NO_ACTIVATION,
  });
  const mean = b.one('GlobalAveragePool', [up], {});
  const row = b.one('Reshape', [mean, b.ints('shape', [2, 6])], { allowZero: true });
  const product = b.one('MatMul', [row, b.constant('m', randomTensor('float32', [6, 5], random))], {
    transA: false,
    transB: false,
    activation: NO_ACTIVATION,
  });
  const bias = b.constant('mb', randomTensor('float32', [5], random));
  const added = { kind: 'add', activation: NO_ACTIVATION } as const;
  const logits = b.one('Binary', [product, bias], added, { outputs: ['logits'] });
  b.output(logits);
  b.output(b.one('Softmax', [logits], { axes: [1], log: false }, { outputs: ['scores'] }));
  b.output(b.one('Identity', [up], {}, { outputs: ['map'] }));
  return b.build();
}

const feeds = new Map([['picture', randomTensor('float32', [2, 3, 11, 9], random, -1.5, 2)]]);

const OPTIONS = [{}, { perChannel: true }, { symmetric: true }, { perChannel: true, symmetric: true }];

describe('a quantised graph', () => {
  it.each(OPTIONS)('is the same to onnxruntime: %o', async (options) => {
    const { graph, float, layers } = await quantiseByFeeds(everyRole(), feeds, options);
    expectConsistent(graph);
    const expected = referenceRun(graph, feeds);
    const actual = await ortRun(toOnnx(graph), feeds);
    for (const name of graph.outputs) {
      const [a, e] = [actual.get(name), expected.get(name)];
      if (!a || !e) throw new Error(`no ${name}`);
      // Float32 sums of another order may round to the neighbouring integer once, which the layers behind make a few of.
      if (name === 'scores') expect(a.data.indexOf(Math.max(...a.data))).toBe(e.data.indexOf(Math.max(...e.data)));
      else expectClose(a, e, { rtol: 0, atol: 2 * stepOf(graph, name) }, name);
    }
    const near = expected.get('map')?.data.filter((v, i) => v !== actual.get('map')?.data[i]) ?? [];
    expect(near.length).toBeLessThan(0.05 * (expected.get('map')?.data.length ?? 0));
    // And both are near what the real numbers give.
    expect(snr(referenceRun(float, feeds).get('map'), expected.get('map'))).toBeGreaterThan(20);
    expect(layers).toHaveLength(10);
    for (const { value, dequantised } of layers) {
      expect(descOf(graph, dequantised)).toEqual(descOf(float, value));
    }
  });

  it.each(OPTIONS)(
    'is taken by the optimiser of onnxruntime, which makes operators on integers of it: %o',
    async (options) => {
      const { graph } = await quantiseByFeeds(everyRole(), feeds, options);
      const expected = referenceRun(compileVerified(graph, { level: 'full' }), feeds);
      const actual = await ortRun(toOnnx(graph), feeds, 'all');
      // Pairs in a row with unlike scales become one there.
      expect(snr(expected.get('map'), actual.get('map'))).toBeGreaterThan(30);
      expect(snr(expected.get('logits'), actual.get('logits'))).toBeGreaterThan(30);
    },
  );

  it('has its convolutions between pairs, without transpositions of images', async () => {
    const { graph } = await quantiseByFeeds(everyRole(), feeds, { perChannel: true });
    const nodes = decodeModel(toOnnx(graph), 'q').graph?.nodes ?? [];
    const ops = nodes.map(({ op, name }) => `${op} ${name}`);
    expect(ops.filter((text) => /^(Transpose|Relu|Clip) /.test(text))).toEqual([
      // An output keeps its layout.
      'Transpose map_DequantizeLinear/Transpose',
    ]);
    const by = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node.op] as const)));
    for (const node of nodes.filter(({ op }) => ['Conv', 'ConvTranspose', 'Gemm'].includes(op))) {
      expect(node.inputs.map((x) => by.get(x))).toEqual(node.inputs.map(() => 'DequantizeLinear'));
      const readers = nodes.filter(({ inputs }) => inputs.includes(node.outputs[0] ?? ''));
      expect(readers.map(({ op }) => op)).toEqual(['QuantizeLinear']);
    }
  });

  it('leaves what is excluded on real numbers', async () => {
    const all = await quantiseByFeeds(everyRole(), feeds);
    const [, second] = all.layers.filter(({ op }) => op === 'Conv');
    const { layers, graph } = await quantiseByFeeds(everyRole(), feeds, { exclude: [second?.node ?? ''] });
    const kept = layers.map(({ node }) => node);
    expect(kept).not.toContain(second?.node);
    expect(graph.nodes.find(({ name }) => name === second?.node)?.inputs[1]).toMatch(/^w/);
  });

  it('gives values that are only moved, or joined, one scale', async () => {
    const { graph } = await quantiseByFeeds(everyRole(), feeds);
    const scale = (value: string): number | undefined => {
      const node = graph.nodes.find(({ op, outputs }) => op === 'DequantizeLinear' && outputs[0] === value);
      return graph.initializers.get(node?.inputs[1] ?? '')?.data[0];
    };
    const moved = graph.nodes.filter(({ op }) => ['Concat', 'Split', 'MaxPool', 'Reshape'].includes(op));
    expect(moved).toHaveLength(4);
    for (const { inputs, outputs } of moved) {
      const after = outputs.map((output) => {
        const quantise = graph.nodes.find(({ op, inputs: [x] }) => op === 'QuantizeLinear' && x === output);
        return graph.initializers.get(quantise?.inputs[1] ?? '')?.data[0];
      });
      const before = inputs.map(scale).filter((s) => s !== undefined);
      expect(new Set([...before, ...after]).size).toBe(1);
    }
  });

  it('refuses ranges and weights that are not finite', async () => {
    const broken = new Map([['picture', randomTensor('float32', [2, 3, 11, 9], random, -1e38, 1e39)]]);
    await expect(quantiseByFeeds(everyRole(), broken)).rejects.toThrow(GraphError);
  });
});

/** The distance between two neighbouring numbers that a value can be. */
function stepOf(graph: Graph, value: string): number {
  const node = graph.nodes.find(({ op, outputs }) => op === 'DequantizeLinear' && outputs[0] === value);
  return (graph.initializers.get(node?.inputs[1] ?? '')?.data[0] ?? 0) * 1.0001;
}

function snr(expected: Tensor | undefined, actual: Tensor | undefined): number {
  if (!expected || !actual) throw new Error('nothing to compare');
  let [signal, noise] = [0, 0];
  expected.data.forEach((v, i) => {
    signal += v ** 2;
    noise += (v - (actual.data[i] ?? 0)) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}
