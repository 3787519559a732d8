/** A constant larger than the device binds is cut into blocks of columns; the product stays the same. */
import { afterAll, describe, expect, it } from 'vitest';
import { PlanError } from '../../src/core/errors.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { RELU } from '../../src/ir/ops.ts';
import { KERNELS } from '../helpers/every-operator.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Executor } from '../../src/runtime/webgpu/executor.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

let device: GPUDevice | undefined;
afterAll(() => device?.destroy());

const DEPTH = 40;

/** Holds 40 columns of 40 floats. */
const LIMIT = 6400;

const attributes = { alpha: 1, beta: 1, transA: false, activation: RELU };

function largeProduct(transB: boolean, rows: number, columns: number): { graph: Graph; feeds: Map<string, Tensor> } {
  const random = randomSource(columns);
  const b = new GraphBuilder('large');
  const x = b.input('x', 'float32', [rows, DEPTH]);
  const w = b.initializer('w', randomTensor('float32', transB ? [columns, DEPTH] : [DEPTH, columns], random));
  const bias = b.initializer('bias', randomTensor('float32', [columns], random));
  b.output(b.one('Gemm', [x, w, bias], { ...attributes, transB }, { outputs: ['y'] }));
  const graph = compile(b.build(), { level: 'full' });
  return { graph, feeds: new Map([['x', randomTensor('float32', [rows, DEPTH], random)]]) };
}

/** The plans of a graph with each variant of Gemm that applies. */
function plansOf(graph: Graph, profile: DeviceProfile): { name: string; plan: Plan }[] {
  return gemmVariants.flatMap((name) => {
    try {
      return [{ name, plan: planGraph(graph, profile, { forced: { Gemm: name } }) }];
    } catch (error) {
      if (error instanceof PlanError) return [];
      throw error;
    }
  });
}

const gemmVariants = KERNELS.Gemm.kind === 'dispatch' ? KERNELS.Gemm.variants.map(({ name }) => name) : [];

describe('products of large constants', () => {
  it.each([
    { transB: false, rows: 1, columns: 69 },
    { transB: true, rows: 1, columns: 69 },
    { transB: false, rows: 17, columns: 76 },
    { transB: true, rows: 17, columns: 69 },
  ])('bᵀ $transB, $rows rows, $columns columns', async ({ transB, rows, columns }) => {
    device ??= await requestDevice((await openGpu()).adapter);
    const { graph, feeds } = largeProduct(transB, rows, columns);
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: LIMIT };
    const all = plansOf(graph, { ...profileOf(device), limits });
    expect(all.length).toBeGreaterThan(1);
    // Half of the variants with the weights as they are, the others with them transposed.
    const plans = all.filter((_, i) => FULL || i % 2 === Number(transB));
    const expected = runGraph(graph, feeds).get('y');
    for (const { name, plan } of plans) {
      expect(plan.steps.length, name).toBe(2);
      const executor = await Executor.create(device, plan);
      const actual = (await executor.run(feeds)).get('y');
      executor.dispose();
      if (!actual || !expected) throw new TypeError('no output');
      expectClose(actual, expected, floatTolerance(DEPTH), name);
    }
  });
});
