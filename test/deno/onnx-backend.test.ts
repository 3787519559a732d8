/** The ONNX project's own tests on wgpu: those pass that pass on Dawn, and no others. */
import { afterAll, describe, expect, it } from 'vitest';
import { expectReport, hasSuite } from '../conformance/onnx-suite.ts';
import { DenoRun, hasDeno } from './deno.ts';

describe.skipIf(!hasDeno || !hasSuite)('ONNX operator tests in Deno', () => {
  const run = hasDeno && hasSuite ? new DenoRun('conformance.ts', [], { quick: true }) : undefined;
  afterAll(() => run?.stop());

  it('pass where they are listed, and are listed where they pass', async () => {
    const told = await run?.of('report');
    expect(told?.error).toBeUndefined();
    if (!told?.report) throw new TypeError('there is no report');
    expectReport(told.report);
  });
});
