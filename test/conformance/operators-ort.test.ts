/// <reference types="vite/client" />
/** Every operator's case table, evaluated by onnxruntime and by our CPU reference: the oracle of the oracle. */
import { describe, expect, it } from 'vitest';
import { isFloat } from '../../src/core/dtype.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { buildCase } from '../helpers/op-case.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { toOnnx } from '../helpers/onnx-writer.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { referenceRun } from '../helpers/reference.ts';

const modules = import.meta.glob<Record<string, readonly OpCase[]>>('../ops/cases/*.ts', { eager: true });
const tables = Object.values(modules).flatMap((m) => Object.entries(m).filter(([name]) => name.endsWith('Cases')));

describe.each(tables)('onnxruntime agrees with %s', (_table, cases) => {
  it.each(cases.filter((c) => c.noOracle === undefined).map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const { graph, feeds } = buildCase(c);
    const [expected, actual] = [await ortRun(toOnnx(graph), feeds), referenceRun(graph, feeds)];
    for (const [name, e] of expected) {
      const a = actual.get(name);
      if (!a) throw new Error(`no output ${name}`);
      expect(a.dtype).toBe(e.dtype);
      expectClose(a, e, isFloat(e.dtype) ? (c.tolerance ?? floatTolerance()) : { rtol: 0, atol: 0 }, name);
    }
  });
});

it('finds at least the activation table', () => {
  expect(tables.length).toBeGreaterThan(0);
});
