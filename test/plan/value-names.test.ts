/** Names of values come out of files: one that is like a name of ours is a name like any other. */
import { expect, it } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { WasmExecutor } from '../../src/runtime/wasm/executor.ts';
import { planSimd } from '../../src/simd/plan-graph.ts';
import { loadSimd } from '../../src/simd/registry.ts';
import { range } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import '../helpers/every-operator.ts';

await loadSimd(['MatMul']);

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'discrete', features: [] };

/** Both the node and its memory are the first ones, `id` is what the kernels call what they share. */
const namesLike = (id: string): string[] => [`0 ${id}`, ` 0 ${id}`, `=0 ${id}`, `#1 ${id}`, `=x`];

/** Integers of a product that is computed from two inputs, whose panels are scratch memory. */
function matrices(name: string): Graph {
  const b = new GraphBuilder('matrices');
  const [x, y] = [b.input('x', 'float32', [5, 3]), b.input('y', 'float32', [3, 9])];
  for (const output of b.add(
    'MatMul',
    [x, y],
    { transA: false, transB: false, activation: NO_ACTIVATION },
    { outputs: [name] },
  ))
    b.output(output);
  return compile(b.build(), { level: 'reference' });
}

it.each(namesLike('panels'))('the result of a product on WASM is called "%s"', async (name) => {
  const graph = matrices(name);
  const feeds = new Map([
    ['x', tensor('float32', [5, 3], Float32Array.from(range(15)))],
    ['y', tensor('float32', [3, 9], Float32Array.from(range(27)))],
  ]);
  const executor = await WasmExecutor.create(planSimd(graph));
  const actual = await executor.run(feeds);
  executor.dispose();
  const [expected, found] = [runGraph(graph, feeds), actual].map((outputs) => outputs.get(name));
  if (!expected || !found) throw new TypeError('there is no result');
  expectClose(found, expected, { rtol: 0, atol: 0 });
});

/** A quantisation by the range of what is quantised, which is scratch memory. */
function quantised(name: string): Graph {
  const b = new GraphBuilder('quantised');
  const x = b.input('x', 'float32', [100]);
  for (const output of b.add('DynamicQuantizeLinear', [x], {}, { outputs: [name, 'scale', 'zero'] })) b.output(output);
  return compile(b.build(), { level: 'reference' });
}

it.each(namesLike('extremes'))('integers on a GPU are called "%s"', (name) => {
  const { buffers, memory } = planGraph(quantised(name), device);
  const usual = planGraph(quantised('y'), device);
  expect(memory).toEqual(usual.memory);
  expect(buffers.length).toBe(usual.buffers.length);
});
