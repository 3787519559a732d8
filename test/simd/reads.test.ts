/** No kernel reads or writes anything but the operands it was given: every access of operator cases and random ones is looked at. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kernelModules } from '../../packaging/kernels.ts';
import { loadSimd, simdOf } from '../../src/simd/registry.ts';
import { range } from '../../src/util/arrays.ts';
import { GENERATORS, randomCase, type JudgedOp } from '../conformance/random-cases.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { dressedConv, dressedMatMul } from '../helpers/dressed-cases.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { DRAWABLE, randomCase as randomQuantised } from '../helpers/quantised-random.ts';
import { checkOnWasm } from '../helpers/wasm-case.ts';
import { instantiate, takeKernelsFrom } from '../helpers/wasm-run.ts';
import { kernelText, KernelWatch } from '../helpers/watched-kernels.ts';

/** Seeds of each operator. */
const COUNT = Number(process.env['TILEWISE_COUNT'] ?? 20);
/** Elements of an operand, above which a case takes too long here. */
const MAX_ELEMENTS = 20_000;

const judged = Object.keys(GENERATORS) as JudgedOp[];
const tables = (await caseTables()).flatMap(({ cases }) => cases.filter(({ folds }) => !folds));
const cases: readonly OpCase[] = [
  ...tables,
  ...range(COUNT).flatMap((seed) => [
    ...judged.map((op) => randomCase(op, 100 + seed)),
    ...DRAWABLE.map((op) => randomQuantised(op, 100 + seed)),
  ]),
  ...range(10 * COUNT).flatMap((seed) => [dressedConv(1000 + seed), dressedMatMul(1000 + seed)]),
];
const operators = [...new Set(cases.map(({ op }) => op))];
await loadSimd(operators);

const isSmall = ({ inputs }: OpCase): boolean =>
  inputs.every((input) => (input?.shape ?? []).reduce((a, b) => a * b, 1) <= MAX_ELEMENTS);

beforeAll(() => {
  const watch = new KernelWatch();
  takeKernelsFrom({
    instantiate: (names, memory) => watch.instantiate(names, memory),
    begin: (plan) => watch.begin(plan),
  });
});
afterAll(() => takeKernelsFrom({ instantiate, begin: () => undefined }));

it.each(operators.filter((op) => simdOf(op) !== undefined))('%s keeps to its operands', async (op) => {
  const wrong: string[] = [];
  for (const c of cases.filter((one) => one.op === op && isSmall(one))) {
    // Results are what other tests compare.
    await checkOnWasm(c, { rtol: Infinity, atol: Infinity }).catch((error: unknown) => {
      if (/nobody gave it/.test(String(error))) wrong.push(`${c.name}: ${String(error)}`);
    });
  }
  expect(wrong).toEqual([]);
});

it.each(kernelModules())('%s has no data in memory, where those of plans lie', async (name) => {
  expect(/\(data [^\n]*/.exec(await kernelText(name))?.[0]).toBeUndefined();
});
