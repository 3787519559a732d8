/** Random cases of every operator that has WASM kernels against the reference; more of them in the full run. */
import { describe, expect, it } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { loadSimd, simdOf } from '../../src/simd/registry.ts';
import { product, range } from '../../src/util/arrays.ts';
import { describeCase, GENERATORS, randomCase, type JudgedOp } from '../conformance/random-cases.ts';
import { requireWords } from '../helpers/assembly.ts';
import { toleranceOfCase } from '../helpers/case-tolerance.ts';
import { floatTolerance } from '../helpers/close.ts';
import { dressedConv, dressedMatMul, withSpecials } from '../helpers/dressed-cases.ts';
import { FULL } from '../helpers/full.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { DRAWABLE, randomCase as randomQuantised } from '../helpers/quantised-random.ts';
import { checkOnWasm } from '../helpers/wasm-case.ts';

/** Seeds, from which on: others look for more. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);
const COUNT = Number(process.env['TILEWISE_COUNT'] ?? (FULL ? 200 : 10));

const seeds = range(COUNT).map((i) => FIRST + i);
const judged = Object.keys(GENERATORS) as JudgedOp[];
await loadSimd(new Set<OpKind>([...judged, ...DRAWABLE]));
const hasKernels = (op: OpKind): boolean => simdOf(op) !== undefined;

/** Operators that say what becomes of NaN and infinity, element by element or window by window. */
const SPECIAL: readonly JudgedOp[] = [
  'Activation',
  'AveragePool',
  'Binary',
  'Concat',
  'Expand',
  'Gather',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'MaxPool',
  'Pad',
  'PRelu',
  'Slice',
  'Softmax',
  'Split',
  'Tile',
  'Transpose',
  'Where',
];

/** Terms of products add up; what others accumulate is a few elements. */
function toleranceOf(c: OpCase): Tolerance {
  const w = c.inputs[1]?.shape ?? [];
  if (/^(Conv|ConvTranspose|DeformConv|MatMul|Gemm)$/.test(c.op))
    return floatTolerance(Math.max(...w, product(w.slice(0, -1))));
  return toleranceOfCase(c);
}

/** Checks cases, and gives in how many runs. Throws an Error with all that fail. */
async function checkAll(cases: readonly OpCase[]): Promise<number> {
  const failures: string[] = [];
  let runs = 0;
  for (const c of cases) {
    try {
      runs += await checkOnWasm(c, toleranceOf(c), requireWords);
    } catch (error) {
      failures.push(`${c.name}: ${describeCase(c)}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0)
    expect.fail(`${failures.length} of ${cases.length} fail:\n${failures.slice(0, 5).join('\n')}`);
  return runs;
}

describe('random cases equal the reference', () => {
  it.for(judged.filter(hasKernels))('%s', async (op, { task }) => {
    task.meta.runs = await checkAll(seeds.map((seed) => randomCase(op, seed)));
  });

  it.for(SPECIAL.filter(hasKernels))('%s of NaN and infinity', async (op, { task }) => {
    task.meta.runs = await checkAll(seeds.map((seed) => withSpecials(randomCase(op, seed), seed)));
  });

  it.for(DRAWABLE.filter(hasKernels))('%s of integers', async (op, { task }) => {
    task.meta.runs = await checkAll(seeds.map((seed) => randomQuantised(op, seed)));
  });

  it('Conv with all that is fused into it', async ({ task }) => {
    task.meta.runs = await checkAll(range(4 * COUNT).map((i) => dressedConv(FIRST + i)));
  });

  it('MatMul with all that is fused into it', async ({ task }) => {
    task.meta.runs = await checkAll(range(2 * COUNT).map((i) => dressedMatMul(FIRST + i)));
  });
});
