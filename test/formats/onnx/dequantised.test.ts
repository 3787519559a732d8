/** `withRealOperators`: operators on integers as of real numbers give in onnxruntime what they give here, or a step from it. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/core/errors.ts';
import { isOp } from '../../../src/ir/is-op.ts';
import { countRounded, withRealOperators } from '../../../src/formats/onnx/write/dequantised.ts';
import { toOnnx } from '../../../src/formats/onnx/write/to-onnx.ts';
import { caseTables } from '../../helpers/case-tables.ts';
import { buildCase, type OpCase } from '../../helpers/op-case.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { referenceRun } from '../../helpers/reference.ts';

const tables = (await caseTables()).filter(({ cases }) => cases[0]?.op.startsWith('QLinear'));

/** Cases that are further off, by a part of their names, and why. */
const FURTHER: readonly (readonly [name: string, why: string])[] = [
  ['squaredDifference', 'it is squared after it was rounded, by two rules'],
  ['scales 1e+36', 'real numbers beyond float32'],
  ['zero points -7,1,128,200', 'onnxruntime has one zero point for all weights'],
  ['log-softmax of [2,5000]', 'sums of thousands of terms in fixed point'],
  ['log-softmax of [1,9000]', 'sums of thousands of terms in fixed point'],
];

/** The most steps between both. */
async function steps(c: OpCase): Promise<number> {
  const { graph, feeds } = buildCase(c);
  expect(countRounded(graph)).toBe(1);
  const real = withRealOperators(graph);
  expect(real.nodes.some((node) => isOp(node, 'QLinearConv', 'QLinearMatMul', 'QLinearBinary'))).toBe(false);
  const actual = (await ortRun(toOnnx(real), feeds)).get('y0');
  const expected = referenceRun(graph, feeds).get('y0');
  expect([actual?.dtype, actual?.shape]).toEqual([expected?.dtype, expected?.shape]);
  const far = [...(expected?.data ?? [])].map((v, i) => Math.abs(v - (actual?.data[i] ?? NaN)));
  return far.reduce((most, v) => Math.max(most, v), 0);
}

describe('an operator on integers', () => {
  it.each(tables)('$name', async ({ cases }) => {
    const failures: string[] = [];
    for (const c of cases) {
      if (FURTHER.some(([name]) => c.name.includes(name))) continue;
      try {
        const most = await steps(c);
        if (!(most <= 1)) failures.push(`${c.name}: ${most} steps`);
      } catch (error) {
        if (error instanceof UnsupportedError && error.items.every(({ remedy }) => remedy)) continue;
        failures.push(`${c.name}: ${String(error)}`);
      }
    }
    expect(failures).toEqual([]);
  });
});
