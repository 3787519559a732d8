/** What the case tables must hold (the tables themselves are run by the oracle tests and the GPU tests). */
import { expect, it } from 'vitest';
import { CHANNELS_LAST, UNROLLED } from '../../src/ir/facts.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { OPS } from '../helpers/every-operator.ts';
import { caseTables } from '../helpers/case-tables.ts';
import type { OpCase } from '../helpers/op-case.ts';

/** Operators whose kernels read channels as `vec4`: remainders are where such kernels go wrong. */
const VECTORISED = new Set<OpKind>([...CHANNELS_LAST, 'BatchNormalization', 'PRelu', 'ChannelShuffle']);

const tables = await caseTables();
const spatial = tables.filter(({ cases }) => cases.some(({ op }) => VECTORISED.has(op)));

it('every operator has cases, but for those that compiling unrolls', () => {
  const covered = new Set([...UNROLLED, ...tables.flatMap(({ cases }) => cases.map(({ op }) => op))]);
  expect(Object.keys(OPS).filter((op) => !covered.has(op as keyof typeof OPS))).toEqual([]);
});

it('names each case of a table once', () => {
  for (const { name, cases } of tables) {
    const names = cases.map((c) => c.name);
    expect(new Set(names).size, name).toBe(names.length);
  }
});

const remaindersOf = (cases: readonly OpCase[]): number[] => cases.map((c) => (c.inputs[0]?.shape.at(-1) ?? 0) % 4);

it.each(spatial)('$name has a channel count that is no multiple of 4', ({ cases }) => {
  expect(remaindersOf(cases).some((r) => r !== 0)).toBe(true);
});

it.each([...VECTORISED])('%s has a channel count that is a multiple of 4', (op) => {
  const cases = spatial.flatMap((table) => table.cases.filter((c) => c.op === op));
  expect(remaindersOf(cases)).toContain(0);
});

it('finds the tables of all channels-last operators', () => {
  expect(new Set(spatial.flatMap(({ cases }) => cases.map(({ op }) => op)))).toEqual(VECTORISED);
});
