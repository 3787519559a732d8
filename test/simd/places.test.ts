/** Values that lie in the memory of others: what is not copied then, and that results stay those of the reference. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { WasmExecutor } from '../../src/runtime/wasm/executor.ts';
import { planSimd } from '../../src/simd/plan-graph.ts';
import type { SimdPlan } from '../../src/simd/plan.ts';
import { loadSimd } from '../../src/simd/registry.ts';
import { at, range } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import '../helpers/every-operator.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

await loadSimd(['Activation', 'Binary', 'Concat', 'Pad', 'Slice', 'Split', 'Transpose']);

/** A graph of one input `x`, with its nodes as written. */
function graphOf(shape: readonly number[], build: (b: GraphBuilder, x: string) => readonly string[]): Graph {
  const b = new GraphBuilder('places');
  const x = b.input('x', 'float32', shape);
  for (const name of build(b, x)) b.output(name);
  return compile(b.build(), { level: 'reference' });
}

const relu = (b: GraphBuilder, x: string): string => b.one('Activation', [x], { activation: RELU });
const joined = (b: GraphBuilder, parts: readonly string[], axis = 1): string => b.one('Concat', parts, { axis });

function addressOf({ values }: SimdPlan, name: string): number {
  const value = values.get(name);
  if (!value) throw new TypeError(`no "${name}"`);
  return value.address;
}

/** Kernels' names, in order. */
const callsOf = ({ steps }: SimdPlan): string[] =>
  steps.map((step) => (step.kind === 'kernel' ? step.kernel : 'reference'));

/** Runs twice, and compares with the reference: nothing rounds otherwise here. */
async function expectSame(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Promise<void> {
  const expected = runGraph(graph, feeds);
  const executor = await WasmExecutor.create(planSimd(graph));
  await executor.run(feeds);
  const actual = await executor.run(feeds);
  executor.dispose();
  for (const [name, tensor] of expected) {
    const found = actual.get(name);
    if (!found) throw new TypeError(`no output "${name}"`);
    expectClose(found, tensor, { rtol: 0, atol: 0 }, name);
  }
}

const feedsOf = (graph: Graph, seed = 1): Map<string, Tensor> =>
  new Map(
    graph.inputs.map(({ name, shape }) => [
      name,
      randomTensor('float32', shape.map(Number), randomSource(seed), -2, 3),
    ]),
  );

describe('values in the memory of others', () => {
  it('are operands of a Concat whose copies would be contiguous', async () => {
    const graph = graphOf([1, 3, 4], (b, x) => [joined(b, [relu(b, x), relu(b, relu(b, x))])]);
    const plan = planSimd(graph);
    expect(callsOf(plan).filter((name) => name === 'move/copy')).toEqual([]);
    await expectSame(graph, feedsOf(graph));
  });

  it('are operands of Concats of Concats', async () => {
    const graph = graphOf([1, 2, 5], (b, x) => {
      const inner = joined(b, [relu(b, x), relu(b, x)]);
      return [joined(b, [relu(b, inner), inner]), joined(b, [relu(b, x), relu(b, inner)])];
    });
    expect(callsOf(planSimd(graph)).filter((name) => name === 'move/copy')).toEqual([]);
    await expectSame(graph, feedsOf(graph));
  });

  it('are no inputs, and none twice', async () => {
    const graph = graphOf([1, 2, 5], (b, x) => {
      const y = relu(b, x);
      return [joined(b, [x, y, y])];
    });
    expect(callsOf(planSimd(graph)).filter((name) => name === 'move/copy').length).toBe(2);
    await expectSame(graph, feedsOf(graph));
  });

  it('are not where a Concat interleaves them', async () => {
    const graph = graphOf([2, 3, 4], (b, x) => [joined(b, [relu(b, x), relu(b, x)])]);
    expect(callsOf(planSimd(graph)).filter((name) => name === 'move/copy').length).toBe(2);
    await expectSame(graph, feedsOf(graph));
  });

  it('are parts of a Split, and a Slice without steps', async () => {
    const graph = graphOf([6, 4], (b, x) => {
      const [y = '', z = ''] = b.add('Split', [x], { axis: 0, sizes: [2, 4] }, { outputCount: 2 });
      const slice = b.one('Slice', [z, b.ints('starts', [1]), b.ints('ends', [3]), b.ints('axes', [0])], {});
      return [relu(b, y), relu(b, z), slice];
    });
    const plan = planSimd(graph);
    expect(callsOf(plan).filter((name) => name === 'move/copy')).toEqual([]);
    const slice = at(graph.outputs, 2);
    expect(addressOf(plan, slice) - addressOf(plan, 'x')).toBe(3 * 4 * Float32Array.BYTES_PER_ELEMENT);
    await expectSame(graph, feedsOf(graph));
  });

  it('are not what something else is written to besides', async () => {
    const graph = graphOf([1], (b, x) => {
      return [b.one('Pad', [x, b.ints('pads', [0, 0])], { mode: 'constant' }), relu(b, x)];
    });
    await expectSame(graph, feedsOf(graph));
  });

  it('have memory of their own between guards', () => {
    const graph = graphOf([1, 3, 4], (b, x) => [joined(b, [relu(b, x), relu(b, x)])]);
    const { values } = planSimd(graph, { guard: 64 });
    const addresses = Array.from(values.values(), ({ address }) => address);
    expect(new Set(addresses).size).toBe(values.size);
  });
});

/** Concats, parts, sums and activations of whatever there is, of which some are outputs. */
function randomMovements(seed: number): Graph {
  const random = randomSource(seed);
  const below = (n: number): number => Math.floor(random() * n);
  // Of two rows, parts are not contiguous.
  return graphOf([1 + (seed % 2), 4, 3], (b, x) => {
    const values = [{ name: x, extent: 4 }];
    const pick = (): { name: string; extent: number } => at(values, below(values.length));
    const steps = [
      () => {
        const v = pick();
        values.push({ name: relu(b, v.name), extent: v.extent });
      },
      () => {
        const [v, w] = [pick(), pick()];
        const extent = v.extent + w.extent;
        if (extent < 40) values.push({ name: joined(b, [v.name, w.name]), extent });
      },
    ];
    const cut = (): void => {
      const v = pick();
      if (v.extent < 2) return;
      const first = 1 + below(v.extent - 1);
      const sizes = [first, v.extent - first];
      const names = b.add('Split', [v.name], { axis: 1, sizes }, { outputCount: 2 });
      names.forEach((name, i) => values.push({ name, extent: at(sizes, i) }));
    };
    const sum = (): void => {
      const v = pick();
      const w = values.find(({ name, extent }) => extent === v.extent && name !== v.name) ?? v;
      values.push({
        name: b.one('Binary', [v.name, w.name], { kind: 'add', activation: NO_ACTIVATION }),
        extent: v.extent,
      });
    };
    for (const _ of range(25)) at([...steps, cut, sum, cut], below(5))();
    return [...new Set([pick().name, pick().name, at(values, values.length - 1).name])].filter((name) => name !== x);
  });
}

describe('random movements equal the reference', () => {
  it.each(range(60))('seed %i', async (seed) => {
    const graph = randomMovements(seed);
    await expectSame(graph, feedsOf(graph, seed + 1));
  });
});
