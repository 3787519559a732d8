/** A recurrent network step by step, whose states stay on the GPU from run to run, is the network along the whole sequence. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { RecurrentFunction } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const [T, N, I, H] = [6, 2, 9, 12];

const f = (kind: RecurrentFunction['kind']): RecurrentFunction => ({ kind, alpha: 0, beta: 0 });

/** Two LSTM layers over so many steps, and the states of the second. */
function network(steps: number): Graph {
  const random = randomSource(3);
  const b = new GraphBuilder('layers');
  const weights = (stem: string, shape: readonly number[]): string =>
    b.constant(stem, randomTensor('float32', shape, random, -0.5, 0.5));
  const attributes = {
    direction: 'forward',
    functions: [f('sigmoid'), f('tanh'), f('tanh')],
    clip: Infinity,
    inputForget: false,
  } as const;
  let x = b.input('x', 'float32', [steps, N, I]);
  for (const [layer, width] of [I, H].entries()) {
    const [h, c] = [`h${layer}`, `c${layer}`].map((name) => b.input(name, 'float32', [1, N, H]));
    const inputs = [x, weights('w', [1, 4 * H, width]), weights('r', [1, 4 * H, H]), weights('b', [1, 8 * H])];
    const outputs = [`y${layer}`, `h${layer} next`, `c${layer} next`];
    b.add('LSTM', [...inputs, '', h ?? '', c ?? ''], attributes, { outputs });
    const [y = '', ...states] = outputs;
    states.forEach((state) => b.output(state));
    x = b.one('Squeeze', [y], { axes: [1] }, { outputs: [`x${layer + 1}`] });
  }
  b.output(x);
  return b.build();
}

const STATES = ['h0', 'c0', 'h1', 'c1'];
const x = randomTensor('float32', [T, N, I], randomSource(5));
const nothing = Object.fromEntries(
  STATES.map((name) => [name, tensorOf('float32', [1, N, H], new Float32Array(N * H))]),
);
const rowOf = (step: number): Tensor =>
  tensorOf('float32', [1, N, I], x.data.subarray(step * N * I, (step + 1) * N * I));

/** What the steps gave, as one sequence. */
const together = (rows: readonly Tensor[]): Tensor =>
  tensorOf(
    'float32',
    [T, N, H],
    rows.flatMap(({ data }) => Array.from(data)),
  );

describe('a network step by step', () => {
  let gpu: GPUDevice;
  beforeAll(async () => {
    gpu = await requestDevice((await openGpu()).adapter);
  });
  afterAll(() => gpu.destroy());

  it('gives what it gives in one run, with its states on the GPU', async () => {
    using whole = await Session.create(network(T), { backend: 'webgpu', gpu });
    using single = await Session.create(network(1), { backend: 'webgpu', gpu });
    const expected = await whole.run({ x, ...nothing });
    let states: Record<string, Parameters<Session['run']>[0][string]> = nothing;
    const rows: Tensor[] = [];
    for (let step = 0; step < T; step++) {
      const results = await single.run({ x: rowOf(step), ...states }, { keep: STATES.map((name) => `${name} next`) });
      const y = results['x2'];
      if (!y || !('data' in y)) throw new Error('there is no result on the host');
      rows.push(y);
      const before = states;
      states = Object.fromEntries(STATES.map((name) => [name, results[`${name} next`] ?? nothing[name] ?? x]));
      for (const state of Object.values(before)) if ('buffer' in state) state.buffer.destroy();
    }
    const last = await whole.run({ x, ...nothing }, { fetches: ['x2'] });
    expectClose(together(rows), expected['x2'] ?? x, floatTolerance(T * H));
    expect(Object.keys(last)).toEqual(['x2']);
  });

  it('gives it on the CPU', async () => {
    using whole = await Session.create(network(T), { backend: 'cpu' });
    using single = await Session.create(network(1), { backend: 'cpu' });
    const expected = await whole.run({ x, ...nothing });
    let states: Record<string, Tensor> = nothing;
    const rows: Tensor[] = [];
    for (let step = 0; step < T; step++) {
      const results = await single.run({ x: rowOf(step), ...states });
      rows.push(results['x2'] ?? x);
      states = Object.fromEntries(STATES.map((name) => [name, results[`${name} next`] ?? x]));
    }
    expectClose(together(rows), expected['x2'] ?? x, floatTolerance(T * H));
  });
});
