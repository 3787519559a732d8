/** What is loaded on demand: missing before, said so, and there when a graph needs it. Nothing here may load it all at once. */
import { describe, expect, it } from 'vitest';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { GraphError, LoadError, PlanError } from '../../src/core/errors.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { onDemand } from '../../src/core/on-demand.ts';
import { tensorOf, zeros } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { loadKernels, loadReferences } from '../../src/plan/operators.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { Session } from '../../src/session/session.ts';

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'discrete', features: [] };

/** y = a 3×3 convolution of x, or of ones. */
function dense(constant: boolean): Graph {
  const b = new GraphBuilder('dense');
  const ones = { ...zeros('float32', [1, 3, 3, 1]), data: new Float32Array(9).fill(1) };
  const x = constant ? b.initializer('ones', ones) : b.input('x', 'float32', [1, 3, 3, 1]);
  const w = b.initializer('w', { ...ones, shape: [3, 3, 1, 1] });
  const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
  b.output(b.one('Conv', [x, w], { ...window, group: 1, activation: NO_ACTIVATION }, { outputs: ['y'] }));
  return b.build();
}

/** The largest of x, and where it is. */
function best(): Graph {
  const b = new GraphBuilder('best');
  const k = b.initializer('k', tensorOf('int64', [1], [1]));
  const named = { outputs: ['value', 'index'] };
  for (const name of b.add('TopK', [b.input('x', 'float32', [3]), k], { axis: 0, largest: true }, named))
    b.output(name);
  return b.build();
}

describe('parts of the engine', () => {
  it('are missed by name until they are loaded', async () => {
    expect(() => compile(best(), { level: 'full' })).toThrow(GraphError);
    expect(() => compile(best(), { level: 'full' })).toThrow(/TopK is not loaded/);
    expect(() => compile(dense(true), { level: 'full' })).toThrow(/CPU reference is not loaded/);
    const graph = compile(dense(false), { level: 'full' });
    expect(() => planGraph(graph, device)).toThrow(PlanError);
    expect(() => planGraph(graph, device)).toThrow(/Winograd kernels are not loaded/);
    await loadKernels(graph);
    expect(planGraph(graph, device).steps).not.toEqual([]);
  });

  it('are loaded by what is compiled', async () => {
    const folded = await compileGraph(dense(true), { level: 'full' });
    expect(folded.nodes).toEqual([]);
    expect(folded.initializers.get('y')?.data).toEqual(new Float32Array([9]));
    const graph = await compileGraph(best(), { level: 'full' });
    expect(planGraph(graph, device).steps).not.toEqual([]);
  });

  it('are loaded by a session', async () => {
    using session = await Session.create(best(), { backend: 'cpu' });
    const { value, index } = await session.run({ x: { shape: [3], data: [1, 5, 2] } });
    expect([value?.data[0], index?.data[0]]).toEqual([5, 1]);
  });

  it('give a typed error when they cannot be fetched', async () => {
    const failing = onDemand('further operators', () => Promise.reject(new TypeError('offline')));
    await expect(failing).rejects.toThrow(LoadError);
    await expect(failing).rejects.toThrow(/cannot load its further operators/);
    await expect(loadReferences()).resolves.toBeUndefined();
  });
});
