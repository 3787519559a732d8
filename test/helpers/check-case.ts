/** Checks the kernel variants of a case, in turn, against the CPU reference, also with its operands stored or placed otherwise. */
import type { Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose } from './close.ts';
import { referenceOf, runCaseOnGpu, setupName } from './gpu-run.ts';
import type { Setup } from './lower-case.ts';
import type { OpCase } from './op-case.ts';
import type { Turn } from './turns.ts';

/** A stored half is rounded to 11 bits, and two neighbours may be met; results below 2⁻¹⁴ are subnormal. */
const HALF: Tolerance = { rtol: 2 ** -10, atol: 1e-4 };

const EXACT: Tolerance = { rtol: 0, atol: 0 };

/**
 * Runs a case in its turns, all asked for at once. `tolerance` is for floats; integers must be equal. Throws an Error that
 * says which runs fail, of how many, and how.
 */
export async function checkCase(c: OpCase, turns: readonly Turn[], tolerance: Tolerance): Promise<void> {
  if (turns.length === 0) throw new Error('no variant applies');
  const references = new Map<Setup, readonly Tensor[]>();
  const outcomes = await Promise.allSettled(
    turns.map(async ({ variant, setup }) => {
      const expected = references.get(setup) ?? referenceOf(c, setup);
      references.set(setup, expected);
      const actual = await runCaseOnGpu(c, variant, setup);
      if (actual.length !== expected.length) throw new Error(`${actual.length} outputs, not ${expected.length}`);
      const floats = setup.half ? { rtol: tolerance.rtol + HALF.rtol, atol: tolerance.atol + HALF.atol } : tolerance;
      expected.forEach((e, i) => {
        const a = at(actual, i);
        if (a.dtype !== e.dtype) throw new Error(`output ${i} is ${a.dtype}, not ${e.dtype}`);
        expectClose(a, e, isFloat(e.dtype) ? floats : EXACT, `${nameOf({ variant, setup })}, output ${i}`);
      });
    }),
  );
  const failures = outcomes.flatMap((outcome, i) =>
    outcome.status === 'rejected' ? [{ name: nameOf(at(turns, i)), reason: outcome.reason as unknown }] : [],
  );
  const [first] = failures;
  if (!first) return;
  const names = failures.map(({ name }) => name).join('; ');
  throw new Error(`${failures.length} of ${turns.length} runs fail: ${names}\n${String(first.reason)}`, {
    cause: first.reason,
  });
}

function nameOf({ variant, setup }: Turn): string {
  return `${variant ?? 'view'} (${setupName(setup)})`;
}
