/** A constant larger than the device binds is cut into blocks of columns; the product stays the same. */
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Executor } from '../../src/runtime/webgpu/executor.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

let device: GPUDevice | undefined;
afterAll(() => device?.destroy());

const DEPTH = 12;

describe('products of large constants', () => {
  // 12 × 21 floats take 1008 bytes: 512 bytes hold 8 columns, so three blocks, the last one of 5.
  it.each([
    { transB: false, rows: 1, columns: 21 },
    { transB: true, rows: 1, columns: 21 },
    { transB: false, rows: 5, columns: 20 },
    { transB: true, rows: 5, columns: 20 },
  ])('bᵀ $transB, $rows rows, $columns columns', async ({ transB, rows, columns }) => {
    device ??= await requestDevice((await openGpu()).adapter);
    const random = randomSource(columns);
    const b = new GraphBuilder('large');
    const x = b.input('x', 'float32', [rows, DEPTH]);
    const w = b.initializer('w', randomTensor('float32', transB ? [columns, DEPTH] : [DEPTH, columns], random));
    const bias = b.initializer('bias', randomTensor('float32', [columns], random));
    const attributes = { alpha: 1, beta: 1, transA: false, transB, activation: RELU };
    b.output(b.one('Gemm', [x, w, bias], attributes, { outputs: ['y'] }));
    const graph = compile(b.build(), { level: 'full' });
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 512 };
    const plan = planGraph(graph, { limits, adapterClass: 'software', features: [] });
    expect(plan.steps.length).toBe(3);
    const feeds = new Map([
      ['x', tensorOf('float32', [rows, DEPTH], randomTensor('float32', [rows, DEPTH], random).data)],
    ]);
    const executor = await Executor.create(device, plan);
    const actual = (await executor.run(feeds)).get('y');
    executor.dispose();
    const expected = runGraph(graph, feeds).get('y');
    if (!actual || !expected) throw new TypeError('no output');
    expectClose(actual, expected, floatTolerance(DEPTH));
    expect(at([...actual.data], actual.data.length - 1)).toBeGreaterThanOrEqual(0);
  });
});
