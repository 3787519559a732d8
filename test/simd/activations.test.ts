/** The module of activations: loaded where a plan says that its calls need it, and missed loudly where it does not say so. */
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Activation } from '../../src/ir/ops.ts';
import { startThread } from '../../src/node/thread.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { WasmExecutor } from '../../src/runtime/wasm/executor.ts';
import { modulesOf } from '../../src/runtime/wasm/modules.ts';
import { planSimd } from '../../src/simd/plan-graph.ts';
import { loadSimd } from '../../src/simd/registry.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import '../helpers/every-operator.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

await loadSimd(['Conv']);

const SWISH: Activation = { kind: 'swish', alpha: 0, beta: 0 };
const CLIP: Activation = { kind: 'clip', alpha: -0.5, beta: 0.5 };

const random = randomSource(5);
const x = randomTensor('float32', [1, 9, 9, 8], random);

/** Convolutions of every kind, each with the activation. */
function convolutions(activation: Activation): Graph {
  const b = new GraphBuilder('convolutions');
  let last = b.input('x', 'float32', x.shape);
  const windows = [
    { shape: [1, 1, 8, 8], group: 1, pad: 0 },
    { shape: [3, 3, 1, 8], group: 8, pad: 1 },
    { shape: [3, 3, 8, 8], group: 1, pad: 1 },
    { shape: [3, 3, 4, 8], group: 2, pad: 1 },
  ];
  for (const { shape, group, pad } of windows) {
    const w = b.constant('w', randomTensor('float32', shape, random));
    const pads = [pad, pad, pad, pad];
    last = b.one('Conv', [last, w], {
      strides: [1, 1],
      dilations: [1, 1],
      pads,
      padMode: 'explicit',
      group,
      activation,
    });
  }
  b.output(last);
  return compile(b.build(), { level: 'reference' });
}

const loaded = (graph: Graph): string[] => [...modulesOf(planSimd(graph))];

it('is loaded where there are activations that no clip is', () => {
  expect(loaded(convolutions(CLIP))).not.toContain('activation');
  expect(loaded(convolutions(SWISH))).toContain('activation');
});

it.each([1, 3])('is there for every thread of %d', async (threads) => {
  const graph = convolutions(SWISH);
  const executor = await WasmExecutor.create(planSimd(graph, { threads }), startThread);
  const feeds = new Map([['x', x]]);
  const name = at(graph.outputs, 0);
  const [actual, expected] = [await executor.run(feeds), runGraph(graph, feeds)].map((outputs) => outputs.get(name));
  executor.dispose();
  if (!actual || !expected) throw new TypeError('there is no output');
  expectClose(actual, expected, { rtol: 1e-4, atol: 1e-4 });
});

it('is missed by name where a plan does not say that it is called', async () => {
  const plan = planSimd(convolutions(SWISH));
  const steps = plan.steps.map((step) => (step.kind === 'kernel' ? { ...step, activates: false } : step));
  const executor = await WasmExecutor.create({ ...plan, steps });
  await expect(executor.run(new Map([['x', x]]))).rejects.toMatchObject({
    code: 'GRAPH_INVALID',
    message: /activations/,
  });
  executor.dispose();
});
