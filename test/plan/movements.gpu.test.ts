/**
 * Random networks that only move elements, of every narrow type and of floats: whatever the planner packs four to a word,
 * leaves inside other values or writes in another order, the same elements come out.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { DType } from '../../src/core/dtype.ts';
import { isPacked } from '../../src/core/storage.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { printPlan } from '../../src/plan/print.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Executor } from '../../src/runtime/webgpu/executor.ts';
import { at, range } from '../../src/util/arrays.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import '../helpers/every-operator.ts';

const TYPES: readonly DType[] = ['int8', 'uint8', 'bool', 'float32'];
const SEEDS = 24;

let device: GPUDevice | undefined;
afterAll(() => device?.destroy());

/** A value under construction. */
interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Adds random movements to a graph, and remembers shapes. */
class Walk {
  readonly b: GraphBuilder;
  readonly #random: () => number;

  constructor(b: GraphBuilder, random: () => number) {
    this.b = b;
    this.#random = random;
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  step(x: Value): Value {
    const moves = [this.transpose, this.slice, this.concat, this.split, this.flatten, this.tile, this.shuffle];
    return at(moves, this.below(moves.length)).call(this, x);
  }

  transpose({ name, shape }: Value): Value {
    const perm = range(shape.length)
      .map((axis) => ({ axis, key: this.#random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ axis }) => axis);
    return { name: this.b.one('Transpose', [name], { perm }), shape: perm.map((axis) => at(shape, axis)) };
  }

  slice({ name, shape }: Value): Value {
    const axis = this.below(shape.length);
    const extent = at(shape, axis);
    const start = this.below(extent);
    const end = start + 1 + this.below(extent - start);
    const step = 1 + this.below(2);
    const ints = [[start], [end], [axis], [step]].map((values) => this.b.ints('i', values));
    const length = Math.ceil((end - start) / step);
    return { name: this.b.one('Slice', [name, ...ints], {}), shape: shape.with(axis, length) };
  }

  concat(x: Value): Value {
    const axis = this.below(x.shape.length);
    const y = this.transposedTwice(x);
    const parts = this.below(2) === 0 ? [x, y] : [y, x, y];
    const names = parts.map(({ name }) => name);
    return { name: this.b.one('Concat', names, { axis }), shape: x.shape.with(axis, at(x.shape, axis) * parts.length) };
  }

  /** The same elements, moved there and back, by ways that do not cancel. */
  transposedTwice(x: Value): Value {
    const perm = range(x.shape.length).reverse();
    const there = this.b.one('Transpose', [x.name], { perm });
    const kept = this.b.one('Concat', [there], { axis: 0 });
    return { name: this.b.one('Transpose', [kept], { perm }), shape: x.shape };
  }

  split(x: Value): Value {
    const axis = this.below(x.shape.length);
    const extent = at(x.shape, axis);
    if (extent < 2) return this.tile(x);
    const first = 1 + this.below(extent - 1);
    const [a = '', b = ''] = this.b.add(
      'Split',
      [x.name],
      { axis, sizes: [first, extent - first] },
      { outputCount: 2 },
    );
    this.b.output(b);
    return { name: a, shape: x.shape.with(axis, first) };
  }

  flatten({ name, shape }: Value): Value {
    const [first = 1, ...rest] = shape;
    const to = [first, rest.reduce((a, b) => a * b, 1)];
    return { name: this.b.one('Reshape', [name, this.b.ints('s', to)], { allowZero: false }), shape: to };
  }

  tile({ name, shape }: Value): Value {
    const repeats = shape.map(() => 1 + this.below(2));
    return {
      name: this.b.one('Tile', [name, this.b.ints('r', repeats)], {}),
      shape: shape.map((extent, i) => extent * at(repeats, i)),
    };
  }

  shuffle(x: Value): Value {
    const channels = at(x.shape, x.shape.length - 1);
    if (channels % 2 !== 0) return this.transpose(x);
    return { name: this.b.one('ChannelShuffle', [x.name], { groups: 2 }), shape: x.shape };
  }
}

function movements(dtype: DType, seed: number): { graph: Graph; shape: readonly number[] } {
  const random = randomSource(100 + seed);
  const b = new GraphBuilder(`${dtype} ${seed}`);
  const walk = new Walk(b, random);
  const shape = range(2 + walk.below(3)).map((_, i, all) =>
    i === all.length - 1 ? at([3, 4, 8, 12], walk.below(4)) : 1 + walk.below(4),
  );
  let x: Value = { name: b.input('x', dtype, shape), shape };
  for (let i = 0; i < 6; i++) x = walk.step(x);
  b.output(b.one('Identity', [x.name], {}));
  return { graph: b.build(), shape };
}

describe('movements of elements', () => {
  it.each(TYPES)('of %s end where the reference puts them', async (dtype) => {
    device ??= await requestDevice((await openGpu()).adapter);
    let packed = 0;
    for (const seed of range(SEEDS)) {
      const { graph, shape } = movements(dtype, seed);
      const x = randomTensor(dtype, shape, randomSource(seed), dtype === 'int8' ? -128 : 0, dtype === 'bool' ? 2 : 256);
      const expected = runGraph(compile(graph, { level: 'reference' }), new Map([['x', x]]));
      const plan = planGraph(compile(graph, { level: 'full' }), profileOf(device));
      packed += [...plan.values.values()].filter(({ storage }) => isPacked(storage)).length;
      const executor = await Executor.create(device, plan);
      const actual = await executor.run(new Map([['x', x]]));
      executor.dispose();
      for (const [name, { data }] of expected) {
        expect(actual.get(name)?.data, `seed ${seed}, ${name}\n${printPlan(plan)}`).toEqual(data);
      }
    }
    // Floats never are; of the others, what lies between movements is.
    if (dtype === 'float32') expect(packed).toBe(0);
    else expect(packed).toBeGreaterThan(SEEDS);
  });
});
