/**
 * Random single-operator graphs written as ONNX, imported, compiled for the kernels, and evaluated by the CPU
 * reference: importer and passes must not change what a graph means. The reference itself answers to onnxruntime on
 * the same graphs (operators-ort.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { isFloat } from '../../src/core/dtype.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { buildCase, type OpCase } from '../helpers/op-case.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { referenceRun } from '../helpers/reference.ts';
import { describeCase, GENERATORS, randomCase, type JudgedOp } from './random-cases.ts';
import { compileVerified } from '../helpers/passes.ts';

/** Graphs per operator. */
const COUNT = 25;

async function expectSame(c: OpCase): Promise<void> {
  const { graph, feeds } = buildCase(c);
  const compiled = compileVerified(await importOnnx(toOnnx(graph)), { level: 'full' });
  const actual = referenceRun(compiled, feeds);
  for (const [name, e] of referenceRun(graph, feeds)) {
    const a = actual.get(name);
    if (!a) throw new Error(`no output ${name}`);
    expect(a.dtype).toBe(e.dtype);
    expectClose(a, e, isFloat(e.dtype) ? scaled(e) : { rtol: 0, atol: 0 }, name);
  }
}

/** Folding changes the order of a few roundings, relative to the largest element. */
function scaled(e: Tensor): ReturnType<typeof floatTolerance> {
  let peak = 0;
  for (const v of e.data) if (Number.isFinite(v)) peak = Math.max(peak, Math.abs(v));
  return floatTolerance(1, Math.max(1, peak));
}

describe('a graph means the same after export, import and compilation', () => {
  it.each(Object.keys(GENERATORS) as JudgedOp[])('%s', async (op) => {
    const failures: string[] = [];
    for (const index of range(COUNT)) {
      const c = randomCase(op, index);
      try {
        await expectSame(c);
      } catch (error) {
        failures.push(`#${index} ${describeCase(c)}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failures.length > 0) expect.fail(`${failures.length} graphs differ:\n${failures.join('\n')}`);
  });
});
