/** What detectors with seeded weights find, compared, and found on the GPU. */
import { expect } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from './close.ts';

/** Labels are equal; corners are pixels of a hundred at most, through some fifty layers of float32. */
const LAYERS: Tolerance = { rtol: 1e-4, atol: 2e-3 };

type Found = ReadonlyMap<string, Tensor>;

/** The same outputs in the same order, with as many objects. */
export function expectSameObjects(actual: Found, expected: Found, tolerance = LAYERS): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, wanted] of expected) {
    const own = actual.get(name);
    if (!own) throw new Error(`no ${name}`);
    expectClose(own, wanted, tolerance, name);
  }
}

/** What a graph finds on the GPU. */
export async function foundOnGpu(graph: Graph, feeds: Found): Promise<Found> {
  const session = await Session.create(graph, { gpu: async () => (await openGpu()).adapter });
  try {
    return new Map(Object.entries(await session.run(Object.fromEntries(feeds))));
  } finally {
    session.dispose();
  }
}
