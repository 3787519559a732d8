/** Extents of zero are extents: a batch of no pictures gives no scores, on both backends. */
import { afterEach, describe, expect, it } from 'vitest';
import { mobilenetV3, resnet, shufflenetV2 } from '../../models/index.ts';
import { zeros } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';

const BACKENDS: readonly SessionOptions[] = [{ backend: 'cpu' }, { gpu: async () => (await openGpu()).adapter }];
const weights = { get: (_: string, shape: readonly number[]) => zeros('float32', shape) };

let session: Session | undefined;
afterEach(() => session?.dispose());

const NETWORKS: readonly (readonly [name: string, build: () => Graph])[] = [
  ['ResNet-18', () => resnet({ weights, batch: 0, depth: 18 })],
  ['MobileNet v3', () => mobilenetV3({ weights, batch: 0, variant: 'small' })],
  ['ShuffleNet v2', () => shufflenetV2({ weights, batch: 0 })],
];

describe.each(BACKENDS)('a batch of none, %o', (options) => {
  it.each(NETWORKS)('through %s', async (_, build) => {
    session = await Session.create(build(), options);
    const [input] = session.inputs;
    const outputs = await session.run({ [input?.name ?? '']: zeros('float32', input?.shape.map(Number) ?? []) });
    expect(Object.values(outputs).map(({ shape }) => shape)).toEqual([[0, 1000]]);
  });

  it('of a symbolic extent, after some and before some', async () => {
    const b = new GraphBuilder('rows');
    const x = b.input('x', 'float32', ['n', 3]);
    b.output(b.one('Softmax', [b.one('Concat', [x, x], { axis: 1 })], { axes: [1], log: false }, { outputs: ['y'] }));
    session = await Session.create(b.build(), { ...options, inputShapes: { x: [2, 3] } });
    for (const n of [2, 0, 1]) {
      const { y } = await session.run({ x: zeros('float32', [n, 3]) });
      expect(y?.shape).toEqual([n, 6]);
      expect(y?.data.every((v) => Math.abs(v - 1 / 6) < 1e-6)).toBe(true);
    }
  });
});
