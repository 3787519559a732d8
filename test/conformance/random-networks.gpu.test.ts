/**
 * Random networks on the GPU against the CPU reference: every pass, the planner's slots and views, and the kernels
 * together, on graphs no importer would write.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu } from '../../src/node/adapter.ts';
import { KERNELS } from '../helpers/every-operator.ts';
import { compile } from '../../src/passes/pipeline.ts';
import type { ForcedVariants } from '../../src/plan/lower.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { randomTensor, randomSource } from '../helpers/random.ts';
import { randomNetwork } from './random-networks.ts';

/** Networks drawn; each takes up to a second on a software adapter. */
const NETWORKS = FULL ? 120 : 40;

/** The last variant of each operator that has one for everything: packed bytes have their own. */
const GENERIC: ForcedVariants = Object.fromEntries(
  Object.entries(KERNELS).flatMap(([op, kernel]) => {
    const variants = kernel.kind === 'dispatch' ? kernel.variants : [];
    const last = variants.some(({ name }) => name === 'bytes') ? undefined : variants.at(-1);
    return last ? [[op, last.name]] : [];
  }),
);

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

describe('random networks', () => {
  it.each(Array.from({ length: NETWORKS }, (_, seed) => seed))('seed %i', async (seed) => {
    const graph = randomNetwork(seed);
    const random = randomSource(1000 + seed);
    const feeds = new Map(
      graph.inputs.map(({ name, dtype, shape }) => [name, randomTensor(dtype, shape.map(Number), random, -2, 3)]),
    );
    const expected = runGraph(compile(graph, { level: 'reference' }), feeds);
    // Every other network with the kernels that take any shape.
    using session = await Session.create(graph, { gpu: device, variants: seed % 2 === 0 ? {} : GENERIC });
    const actual = await session.run(Object.fromEntries(feeds));
    expect(Object.keys(actual)).toEqual([...expected.keys()]);
    for (const [name, tensor] of expected) {
      const found = actual[name];
      if (!found) throw new TypeError(`no output "${name}"`);
      expect({ dtype: found.dtype, shape: found.shape }).toEqual({ dtype: tensor.dtype, shape: tensor.shape });
      // Up to 16 layers of up to 200 products each; rounding is relative to the largest values on the way, for which
      // those of the result stand in.
      const largest = Math.max(1, ...Array.from(tensor.data, Math.abs));
      const exact = !tensor.dtype.startsWith('float');
      expectClose(found, tensor, exact ? { rtol: 0, atol: 0 } : { rtol: 1e-4, atol: 1e-5 * largest }, name);
    }
  });
});
