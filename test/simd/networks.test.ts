/** Random and real networks on the WASM backend, as anybody runs them, against the reference. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { importModel } from '../../src/formats/detect.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { Session } from '../../src/session/session.ts';
import { planSimd } from '../../src/simd/plan-graph.ts';
import { loadSimd } from '../../src/simd/registry.ts';
import { range } from '../../src/util/arrays.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { randomNetwork } from '../conformance/random-networks.ts';
import { expectClose } from '../helpers/close.ts';
import '../helpers/every-operator.ts';
import { FULL } from '../helpers/full.ts';
import { withRandomWeights } from '../helpers/onnx-randomise.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import { checkPlan } from '../helpers/wasm-case.ts';
import { GUARD } from '../helpers/wasm-run.ts';

/** Networks drawn, from which seed on: others look for more. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 0);
const COUNT = Number(process.env['TILEWISE_COUNT'] ?? (FULL ? 300 : 40));

const noFile = (): Promise<Uint8Array> => Promise.reject(new TypeError('no file'));

function feedsFor(graph: Graph, seed: number): Map<string, Tensor> {
  const random = randomSource(seed);
  return new Map(
    graph.inputs.map(({ name, dtype, shape }) => [name, randomTensor(dtype, shape.map(Number), random, -2, 3)]),
  );
}

/** Runs twice: what the first run left in memory must not matter. */
async function expectEqual(graph: Graph, feeds: ReadonlyMap<string, Tensor>, rtol: number): Promise<void> {
  const expected = runGraph(compile(graph, { level: 'reference' }), feeds);
  using session = await Session.create(graph, { backend: 'wasm' });
  await session.run(Object.fromEntries(feeds));
  const actual = await session.run(Object.fromEntries(feeds));
  expect(Object.keys(actual)).toEqual([...expected.keys()]);
  for (const [name, tensor] of expected) {
    const found = actual[name];
    if (!found) throw new TypeError(`no output "${name}"`);
    expect({ dtype: found.dtype, shape: found.shape }).toEqual({ dtype: tensor.dtype, shape: tensor.shape });
    // Rounding is relative to the largest values on the way, for which those of the result stand in.
    let largest = 1;
    for (const v of tensor.data) largest = Math.max(largest, Math.abs(v));
    const exact = !tensor.dtype.startsWith('float');
    expectClose(found, tensor, exact ? { rtol: 0, atol: 0 } : { rtol, atol: 0.1 * rtol * largest }, name);
  }
}

const seeds = range(COUNT).map((i) => FIRST + i);

describe('random networks', () => {
  it.each(seeds)('seed %i', async (seed) => {
    const graph = randomNetwork(seed);
    await expectEqual(graph, feedsFor(graph, 1000 + seed), 1e-4);
  });

  // Memory is shared without guards only: what one kernel leaves must be no other's.
  it.each(seeds)('seed %i, in memory full of old bytes', async (seed) => {
    const graph = randomNetwork(seed);
    const feeds = feedsFor(graph, 1000 + seed);
    const results = runGraph(compile(graph, { level: 'reference' }), feeds);
    const expected = graph.outputs.flatMap((name) => results.get(name) ?? []);
    const compiled = await compileGraph(graph, { inputShapes: {}, level: 'full', withoutKernels: true });
    await loadSimd(compiled.nodes.map(({ op }) => op));
    let largest = 1;
    for (const v of expected.flatMap(({ data }) => Array.from(data))) largest = Math.max(largest, Math.abs(v));
    const tolerance = { rtol: 1e-4, atol: 1e-5 * largest };
    for (const guard of [GUARD, 0]) {
      await checkPlan(planSimd(compiled, { guard }), feeds, { expected, tolerance, label: `guard ${guard}` });
    }
  });
});

/** Small ones in `npm test`; the reference takes up to half a minute for the others. */
const NAMES = FULL
  ? ['shufflenet', 'squeezenet', 'bvlc_alexnet', 'densenet121', 'inception_v1', 'inception_v2', 'resnet50']
  : ['shufflenet'];

describe.skipIf(!hasSharedData)('networks with random weights', () => {
  it.each(NAMES)('%s', async (name) => {
    const bytes = withRandomWeights(readFileSync(sharedPath(`onnx/light_${name}.onnx`)), 11);
    const { graph } = await importModel({ main: { name, bytes }, read: noFile });
    await expectEqual(graph, feedsFor(graph, 5), 1e-3);
  });
});
