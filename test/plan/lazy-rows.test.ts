/** What is loaded on demand: missing before, said so, and there when a graph needs it. Nothing here may load it all at once. */
import { describe, expect, it } from 'vitest';
import { LoadError, TilewiseError } from '../../src/core/errors.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { Lazy } from '../../src/core/on-demand.ts';
import { tensorOf, zeros } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { COMMON_KERNELS } from '../../src/kernels/common.ts';
import { FURTHER_KERNELS } from '../../src/kernels/further.ts';
import { loadKernels, variantNames } from '../../src/kernels/registry.ts';
import { COMMON_OPS } from '../../src/ops/common.ts';
import { FURTHER_OPS } from '../../src/ops/further.ts';
import { loadOps, loadReferences, referenceOf } from '../../src/ops/registry.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { Session } from '../../src/session/session.ts';

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'discrete', features: [] };

/** y = a 3×3 convolution of two channels of x, or of ones. */
function dense(constant: boolean): Graph {
  const b = new GraphBuilder('dense');
  const ones = { ...zeros('float32', [1, 3, 3, 2]), data: new Float32Array(18).fill(1) };
  const x = constant ? b.initializer('ones', ones) : b.input('x', 'float32', [1, 3, 3, 2]);
  const w = b.initializer('w', { ...ones, shape: [3, 3, 2, 1] });
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

const OPS = { ...COMMON_OPS, ...FURTHER_OPS };
const KERNELS = { ...COMMON_KERNELS, ...FURTHER_KERNELS };

/** Names of the lazy rows of a table that are there. */
const loaded = (table: Readonly<Record<string, object>>): string[] =>
  Object.keys(table).filter((op) => table[op] instanceof Lazy && table[op].peek());

// In this order: what is loaded stays.
describe('rows of the registries', () => {
  it('are missed by name until they are loaded', async () => {
    expect(() => compile(best(), { level: 'full' })).toThrow(TilewiseError);
    expect(() => compile(best(), { level: 'full' })).toThrow(/\(TopK\): FURTHER_OPS is not loaded/);
    expect(() => compile(dense(true), { level: 'full' })).toThrow(/\(Conv\): convReference is not loaded/);
    const graph = compile(dense(false), { level: 'full' });
    expect(() => planGraph(graph, device)).toThrow(LoadError);
    expect(() => planGraph(graph, device)).toThrow(/winogradKernels is not loaded/);
    await loadKernels(graph);
    expect(planGraph(graph, device).steps).not.toEqual([]);
    expect([loaded(OPS), loaded(KERNELS)]).toEqual([[], []]);
  });

  it('are loaded by what is compiled, and no others', async () => {
    const folded = await compileGraph(dense(true), { level: 'full' });
    expect(folded.nodes).toEqual([]);
    expect(folded.initializers.get('y')?.data).toEqual(new Float32Array([18]));
    expect([loaded(OPS), loaded(KERNELS)]).toEqual([[], []]);
    const graph = await compileGraph(best(), { level: 'full' });
    expect(planGraph(graph, device).steps).not.toEqual([]);
    expect([loaded(OPS), loaded(KERNELS)]).toEqual([['TopK'], ['TopK']]);
  });

  it('are loaded by a session', async () => {
    using session = await Session.create(best(), { backend: 'cpu' });
    const { value, index } = await session.run({ x: { shape: [3], data: [1, 5, 2] } });
    expect([value?.data[0], index?.data[0]]).toEqual([5, 1]);
  });

  it('bring their references along where those are asked for', async () => {
    await loadOps(['GlobalMaxPool', 'Where']);
    expect(() => referenceOf('GlobalMaxPool')).toThrow(/globalMaxPoolReference is not loaded/);
    expect(referenceOf('Where')).toBeTypeOf('function');
    await loadReferences(['GlobalMaxPool', 'Range']);
    expect(referenceOf('GlobalMaxPool')).toBeTypeOf('function');
    expect(referenceOf('Range')).toBeTypeOf('function');
    expect(loaded(OPS)).toEqual(['Where', 'Range', 'TopK']);
  });

  it('give no names of variants before', () => {
    expect(variantNames('Resize')).toEqual([]);
    expect(variantNames('constructor')).toEqual([]);
    expect(variantNames('Conv')).toContain('direct');
  });
});
