/** Parameters, multiply-adds, peak memory: small graphs by hand, formulas, and networks against published numbers. */
import { describe, expect, it } from 'vitest';
import { mobilenetV1 } from '../../models/mobilenet-v1.ts';
import { randomWeights } from '../../models/weights.ts';
import { convolutionCost, separableRatio } from '../../src/analysis/convolution.ts';
import { analyse } from '../../src/analysis/summary.ts';
import { tensorOf, zeros } from '../../src/core/tensor.ts';
import { importModel } from '../../src/formats/detect.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { at } from '../../src/util/arrays.ts';
import { graphOf } from '../helpers/passes.ts';
import { hasSharedData, sharedModel } from '../helpers/shared-data.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
const constant = (b: GraphBuilder, shape: readonly number[]): string => b.constant('w', zeros('float32', shape));

describe('analyse', () => {
  it('counts a small network by hand', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', 'float32', [1, 6, 6, 3]);
      const w = constant(b, [3, 3, 3, 8]);
      const attributes = { ...WINDOW, group: 1, activation: NO_ACTIVATION };
      const conv = b.one('Conv', [x, w, constant(b, [8])], attributes, { name: 'conv' });
      const norm = [0, 1, 2, 3].map(() => constant(b, [8]));
      const bn = b.one('BatchNormalization', [conv, ...norm], { axis: 3, epsilon: 1e-3, activation: RELU });
      const flat = b.one('Reshape', [bn, b.ints('s', [1, -1])], { allowZero: false });
      const dense = { alpha: 1, beta: 1, transA: false, transB: false, activation: NO_ACTIVATION };
      const y = b.one('Gemm', [flat, constant(b, [128, 10])], dense);
      return b.one('Binary', [y, constant(b, [10])], { kind: 'add', activation: NO_ACTIVATION });
    });
    const summary = analyse(graph);
    // 3·3·3·8 + 8, scale and bias 8 + 8, 128·10, 10.
    expect(summary.parameters).toBe(216 + 8 + 16 + 1280 + 10);
    // 4·4 positions × 8 channels × 27 products; 128·10.
    expect(summary.multiplyAdds).toBe(16 * 8 * 27 + 1280);
    expect(summary.operators).toEqual({ Conv: 1, BatchNormalization: 1, Reshape: 1, Gemm: 1, Binary: 1 });
    // While the normalisation runs: its input and output of 128 elements. The convolution: 108 + 128.
    expect(summary.activationBytesPeak).toBe(4 * (128 + 128));
    expect(summary.perNode[0]).toEqual({
      name: 'conv',
      op: 'Conv',
      shape: [1, 4, 4, 8],
      multiplyAdds: 3456,
      parameters: 224,
      memoryAccess: 108 + 128 + 224,
    });
  });

  it('counts a shared weight once; not shapes, scalars, anchors or indices', () => {
    const graph = graphOf((b) => {
      const w = constant(b, [4, 4]);
      const attributes = { transA: false, transB: false, activation: NO_ACTIVATION };
      const once = b.one('MatMul', [b.input('x', 'float32', [2, 4]), w], attributes);
      const twice = b.one('MatMul', [once, w], attributes);
      const halved = b.one('Binary', [twice, b.constant('h', tensorOf('float32', [], [0.5]))], {
        kind: 'mul',
        activation: NO_ACTIVATION,
      });
      const anchored = b.one('Binary', [halved, constant(b, [2, 4])], { kind: 'add', activation: NO_ACTIVATION });
      const picked = b.one('Gather', [anchored, b.ints('i', [0])], { axis: 0 });
      return b.one('Reshape', [picked, b.ints('s', [4])], { allowZero: false });
    });
    expect(analyse(graph).parameters).toBe(16);
    expect(analyse(graph).multiplyAdds).toBe(2 * 2 * 4 * 4);
  });

  it('keeps branches alive until they meet, and views in the memory of their source', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', 'float32', [100]);
      const relu = (v: string): string => b.one('Activation', [v], { activation: RELU });
      const long = relu(x);
      const view = b.one('Reshape', [long, b.ints('s', [10, 10])], { allowZero: false });
      const short = relu(relu(relu(x)));
      const folded = b.one('Reshape', [short, b.ints('s', [10, 10])], { allowZero: false });
      return b.one('Binary', [view, folded], { kind: 'add', activation: NO_ACTIVATION });
    });
    // x and long while short is made (x, long, and then long, t1, t2), and three at the addition.
    expect(analyse(graph).activationBytesPeak).toBe(4 * 300);
  });
});

function multiplyAdds(kernel: readonly number[], inC: number, outC: number, group: number): number {
  return convolutionCost({ kernel, inC, outC, group, output: [14, 14], bias: false }).multiplyAdds;
}

function access(inC: number, outC: number): number {
  return convolutionCost({ kernel: [1, 1], inC, outC, group: 1, output: [56, 56], bias: false }).memoryAccess;
}

describe('convolutionCost', () => {
  it('follows the formulas', () => {
    const shape = { kernel: [3, 5], inC: 6, outC: 8, group: 2, output: [7, 9], bias: true };
    expect(convolutionCost(shape)).toEqual({
      parameters: 8 * (3 * 5 * 3 + 1),
      multiplyAdds: 7 * 9 * 8 * 3 * 5 * 3,
      memoryAccess: 63 * 6 + 63 * 8 + 8 * 45,
    });
  });

  it('is least for equal channels at a fixed cost (arXiv:1807.11164, guideline 1)', () => {
    expect(access(128, 128)).toBe(56 * 56 * 256 + 128 * 128);
    for (const [inC, outC] of [
      [64, 256],
      [32, 512],
      [256, 64],
    ] as const) {
      expect(access(inC, outC)).toBeGreaterThan(access(128, 128));
    }
  });

  it('agrees with analyse on a grouped pointwise convolution: hw(c₁ + c₂) + c₁c₂/g', () => {
    const graph = graphOf((b) => {
      const w = constant(b, [1, 1, 4, 24]);
      return b.one('Conv', [b.input('x', 'float32', [1, 5, 7, 12]), w], {
        ...WINDOW,
        group: 3,
        activation: NO_ACTIVATION,
      });
    });
    const [node] = analyse(graph).perNode;
    const cost = convolutionCost({ kernel: [1, 1], inC: 12, outC: 24, group: 3, output: [5, 7], bias: false });
    expect(cost.memoryAccess).toBe(35 * (12 + 24) + (12 * 24) / 3);
    expect(node).toMatchObject(cost);
  });

  it('shows what separating saves: 1/c₂ + 1/(hw)', () => {
    const separated = multiplyAdds([3, 3], 32, 32, 32) + multiplyAdds([1, 1], 32, 64, 1);
    expect(separated / multiplyAdds([3, 3], 32, 64, 1)).toBeCloseTo(separableRatio([3, 3], 64), 12);
  });
});

function sum(terms: readonly number[]): number {
  return terms.reduce((a, b) => a + b, 0);
}

describe('networks', () => {
  it('MobileNet v1 has the size of its paper: 4.2 M parameters, 569 M multiply-adds (arXiv:1704.04861, table 8)', () => {
    const summary = analyse(compile(mobilenetV1({ weights: randomWeights(1) }), { level: 'reference' }));
    expect(Math.round(summary.parameters / 1e5)).toBe(42);
    expect(Math.round(summary.multiplyAdds / 1e6)).toBe(569);
  });

  it.skipIf(!hasSharedData)('AlexNet, by hand', async () => {
    const { graph } = await importModel(sharedModel('onnx/light_bvlc_alexnet.onnx'));
    const summary = analyse(compile(graph, { level: 'reference' }));
    const outC = [96, 256, 384, 384, 256];
    // Two groups halve the input channels of the second, fourth and fifth convolution.
    const perOutput = [3 * 121, 48 * 25, 256 * 9, 192 * 9, 192 * 9];
    const dense = [9216 * 4096, 4096 * 4096, 4096 * 1000];
    const biases = 96 + 256 + 384 + 384 + 256 + 4096 + 4096 + 1000;
    expect(summary.parameters).toBe(sum(outC.map((n, i) => n * at(perOutput, i))) + sum(dense) + biases);
    // This model takes 224 pixels without padding, so its maps are 54, 26, 12 wide, not 55, 27, 13 as from 227, which
    // gives the published 720 M.
    const widths = [54, 26, 12, 12, 12];
    const convolutions = outC.map((n, i) => at(widths, i) ** 2 * n * at(perOutput, i));
    expect(summary.multiplyAdds).toBe(sum(convolutions) + sum(dense));
  });
});
