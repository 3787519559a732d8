/** The built library does what its sources do: the same plans, shaders and results, parts loaded on demand included. */
import { expect, it } from 'vitest';
import { buildLibrary } from '../../bench/lib/library.ts';
import { leanShader } from '../../packaging/lean-shaders.ts';
import { zeros } from '../../src/core/tensor.ts';
import type * as tilewise from '../../src/index.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Session } from '../../src/session/session.ts';
import { range } from '../../src/util/arrays.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

/** A convolution that Winograd may take, a few operators of all sizes, and some that are loaded on demand. */
function network(): Graph {
  const random = randomSource(1);
  const b = new GraphBuilder('small');
  const image = b.input('image', 'float32', [1, 8, 8, 8]);
  const w = b.initializer('w', randomTensor('float32', [3, 3, 8, 8], random));
  const window = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit' } as const;
  const x = b.one('Conv', [image, w], { ...window, group: 1, activation: RELU });
  const slope = b.initializer('slope', randomTensor('float32', [8], random));
  const bent = b.one('PRelu', [b.one('Binary', [x, image], { kind: 'sub', activation: NO_ACTIVATION }), slope], {});
  const pooled = b.one('Squeeze', [b.one('GlobalAveragePool', [bent], {})], { axes: [1, 2] });
  b.output(b.one('Softmax', [pooled], { axes: [1], log: false }, { outputs: ['y'] }));
  return b.build();
}

/** Margins of shaders are not shipped. */
function lean(plan: Plan | undefined): unknown {
  return plan && { ...plan, pipelines: plan.pipelines.map((made) => ({ ...made, wgsl: leanShader(made.wgsl) })) };
}

it('plans and computes as its sources do', async () => {
  const { entries } = await buildLibrary();
  const built: typeof tilewise = await import(/* @vite-ignore */ entries.get('tilewise') ?? '');
  const image = zeros('float32', [1, 8, 8, 8]);
  image.data.set(range(512).map((i) => Math.sin(i)));
  using ours = await Session.create(network(), { gpu });
  using theirs = await built.Session.create(network(), { gpu });
  const plan = await ours.plan();
  expect(plan?.pipelines.length).toBeGreaterThan(3);
  expect(lean(await theirs.plan())).toEqual(lean(plan));
  expect(await theirs.run({ image })).toEqual(await ours.run({ image }));
  expect((await theirs.check({ image })).filter(({ ok }) => !ok)).toEqual([]);
});
