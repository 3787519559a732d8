/** Planning: no two live values share a slot, memory stays near the lower bound, plans are plain data. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/core/errors.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { arrange } from '../../src/plan/arrangement.ts';
import { lifetimes } from '../../src/plan/lifetimes.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { printPlan } from '../../src/plan/print.ts';
import { zeros } from '../../src/core/tensor.ts';
import { at } from '../../src/util/arrays.ts';
import { randomSource } from '../helpers/random.ts';

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] };
const limited = (maxBufferSize: number): DeviceProfile => ({
  ...device,
  limits: { ...DEFAULT_LIMITS, maxBufferSize },
});
const compiled = (b: GraphBuilder): Graph => compile(b.build(), { level: 'reference' });

/** A random graph of unary and binary nodes and views over values of several sizes. */
function randomGraph(seed: number): Graph {
  const random = randomSource(seed);
  const pick = <T>(list: readonly T[]): T => at(list, Math.floor(random() * list.length));
  const b = new GraphBuilder(`random${seed}`);
  const values = [1, 5, 64].map((n, i) => ({ n, name: b.input(`in${i}`, 'float32', [n]) }));
  for (let i = 0; i < 30; i++) {
    const x = pick(values);
    const kind = random();
    if (kind < 0.4) values.push({ n: x.n, name: b.one('Activation', [x.name], { activation: RELU }) });
    else if (kind < 0.6) {
      const shape = b.ints('shape', [x.n]);
      values.push({ n: x.n, name: b.one('Reshape', [x.name, shape], { allowZero: false }) });
    } else {
      const y = pick(values.filter((v) => v.n === x.n));
      const name = b.one('Binary', [x.name, y.name], { kind: 'add', activation: NO_ACTIVATION });
      values.push({ n: x.n, name });
    }
  }
  for (let i = 0; i < 3; i++) b.output(pick(values.slice(3)).name);
  return compiled(b);
}

describe('planGraph', () => {
  it('never lets two live values share a slot', () => {
    for (let seed = 0; seed < 100; seed++) {
      const graph = randomGraph(seed);
      const plan = planGraph(graph, device);
      const storages = lifetimes(graph, arrange(graph));
      const born = new Map<string, number>(graph.inputs.map((i) => [i.name, -1]));
      graph.nodes.forEach((n, i) => n.outputs.forEach((o) => born.set(o, i)));
      const live = [...plan.values].flatMap(([name, { buffer }]) => {
        const storage = storages.get(name);
        return storage?.root === name ? [{ name, buffer, from: born.get(name) ?? -1, to: storage.lastUse }] : [];
      });
      for (const a of live) {
        for (const b of live) {
          if (a.name >= b.name || a.buffer !== b.buffer) continue;
          expect(a.to < b.from || b.to < a.from, `${graph.name}: ${a.name} and ${b.name} share @${a.buffer}`).toBe(
            true,
          );
        }
      }
    }
  });

  it('binds no buffer both for reading and for writing in one step', () => {
    for (let seed = 0; seed < 100; seed++) {
      const plan = planGraph(randomGraph(seed), device);
      for (const step of plan.steps) {
        const { bindings } = at(plan.pipelines, step.pipeline);
        const written = step.buffers.filter((_, i) => bindings[i]?.access === 'read_write');
        const others = step.buffers.filter((_, i) => bindings[i]?.access === 'read');
        expect(written.some((w) => others.includes(w))).toBe(false);
      }
    }
  });

  it('reuses slots and shares pipelines along a chain', () => {
    const b = new GraphBuilder('chain');
    let x = b.input('x', 'float32', [1, 4, 4, 3]);
    for (let i = 0; i < 5; i++) x = b.one('Activation', [x], { activation: RELU });
    b.output(x);
    const plan = planGraph(compiled(b), device);
    expect(plan.pipelines.length).toBe(1);
    expect(plan.steps.length).toBe(5);
    // Input and output of one step: two buffers of 48 floats, and no plan can do with less.
    expect(plan.memory).toEqual({ weights: 0, activations: 384, naive: 6 * 192, lowerBound: 384 });
  });

  it('is plain data with a stable print', () => {
    const b = new GraphBuilder('tiny');
    const x = b.input('x', 'float32', [3]);
    b.output(b.one('Activation', [x], { activation: RELU }, { name: 'relu', outputs: ['y'] }));
    const plan = planGraph(compiled(b), device);
    expect(structuredClone(plan)).toEqual(plan);
    expect(printPlan(plan)).toBe(
      [
        'input x float32 3 @0',
        'relu: Activation/scalar [1, 1, 1] @0 @1 p0',
        'output y float32 3 @1',
        '1 steps, 1 distinct pipelines',
        'weights 0 B, activations 32 B (one buffer per value 32 B, lower bound 32 B)',
      ].join('\n'),
    );
  });

  it('reads an output that is an input, and one value twice, from the same buffer', () => {
    const b = new GraphBuilder('pass-through');
    const x = b.input('x', 'float32', [3]);
    const y = b.one('Reshape', [x, b.ints('shape', [3, 1])], { allowZero: false });
    for (const name of [x, y]) b.output(name);
    const plan = planGraph(compiled(b), device);
    expect(plan.steps.length).toBe(0);
    expect(plan.outputs.map((o) => o.buffer)).toEqual([0, 0]);
  });

  it('names every node that has no kernel', () => {
    const b = new GraphBuilder('data-dependent');
    const n = b.input('n', 'int64', [1]);
    const x = b.input('x', 'float32', [2]);
    b.output(b.one('Activation', [x], { activation: RELU }));
    b.output(b.one('Range', [n, n, n], {}, { name: 'range' }));
    const graph = b.build();
    // Shapes are given by hand: inference refuses such a graph before planning sees it.
    const values = new Map(
      ['n', 'x', ...graph.nodes.flatMap((node) => node.outputs)].map((name) => [
        name,
        { dtype: 'float32' as const, shape: [2] },
      ]),
    );
    expect(() => planGraph({ ...graph, values }, device)).toThrowError(UnsupportedError);
    expect(() => planGraph({ ...graph, values }, device)).toThrowError(
      /^the model needs 1 unsupported thing:\n {2}Range "range": its value depends on the data\. These nodes/,
    );
  });

  it('says which variant does not apply, and which value a device cannot bind', () => {
    const b = new GraphBuilder('large');
    const x = b.input('x', 'float32', [9, 9]);
    const w = b.constant('w', zeros('float32', [9, 40]));
    const attributes = { alpha: 1, beta: 1, transA: false, transB: false, activation: NO_ACTIVATION };
    b.output(b.one('Gemm', [x, w], attributes, { name: 'gemm', outputs: ['y'] }));
    const graph = compiled(b);
    expect(() => planGraph(graph, device, { forced: { Gemm: 'absent' } })).toThrowError(
      /Gemm "gemm": variant "absent" does not/,
    );
    expect(() => planGraph(graph, limited(256))).toThrowError(
      /value "x" takes 336 bytes; this device binds at most 256/,
    );
    expect(() => planGraph(graph, limited(1024))).toThrowError(/value "y" takes 1440 bytes/);
    expect(() => planGraph(graph, limited(1440))).not.toThrow();
  });
});
