/** Checks the kernel variants of a case, in turn, against the CPU reference, also with its operands stored or placed otherwise. */
import { expect } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { KERNELS } from './every-operator.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { at, range } from '../../src/util/arrays.ts';
import { expectClose } from './close.ts';
import { gpuProfile, referenceOf, runCaseOnGpu, setupsOf, variantsOf } from './gpu-run.ts';
import type { Setup } from './lower-case.ts';
import type { OpCase } from './op-case.ts';

/** Every variant in every setup of every case, instead of some in turn: `TILEWISE_ALL_SETUPS=1`. */
const ALL = process.env['TILEWISE_ALL_SETUPS'] === '1';

/**
 * Variants that one case runs plainly, and in its further setup. Drivers for processors take up to a second to compile one,
 * SwiftShader the longest, and there are twenty of some operators: over a table all of them have their turn.
 */
const IN_TURN = { plain: 4, further: 2 };
const IN_TURN_ON_SWIFTSHADER = { plain: 2, further: 1 };

let adapter: ReturnType<typeof openGpu> | undefined;

/** `count` of the variants, from where the turn of the case has come to. */
function inTurn<T>(variants: readonly T[], index: number, count: number): readonly T[] {
  if (ALL || variants.length <= count) return variants;
  return range(count).map((i) => at(variants, (index * count + i) % variants.length));
}

/** A stored half is rounded to 11 bits, and two neighbours may be met; results below 2⁻¹⁴ are subnormal. */
const HALF: Tolerance = { rtol: 2 ** -10, atol: 1e-4 };

const EXACT: Tolerance = { rtol: 0, atol: 0 };

/**
 * Runs variants on a device with the adapter's features: as it is, and in one more setup, `index` saying whose turn it is.
 * `tolerance` is for floats; integers must be equal.
 */
export async function checkCase(c: OpCase<OpKind>, index: number, tolerance: Tolerance): Promise<void> {
  const device = await gpuProfile();
  adapter ??= openGpu();
  const { description } = await adapter;
  const { plain, further: few } = description.kind === 'swiftshader' ? IN_TURN_ON_SWIFTSHADER : IN_TURN;
  const setups = setupsOf(c, device);
  const further = ALL ? setups : setups.slice(index % Math.max(1, setups.length)).slice(0, 1);
  await checkSetup(c, { device }, tolerance, (variants) => inTurn(variants, index, plain));
  for (const setup of further) {
    await checkSetup(c, setup, tolerance, (variants) => inTurn(variants, index, few));
  }
}

async function checkSetup(
  c: OpCase<OpKind>,
  setup: Setup,
  tolerance: Tolerance,
  choose: (variants: readonly (string | undefined)[]) => readonly (string | undefined)[],
): Promise<void> {
  const expected = referenceOf(c, setup);
  const variants = KERNELS[c.op].kind === 'view' ? [undefined] : variantsOf(c, setup);
  const { half = false, placement = 'dense', inPlace = false, shared = false } = setup;
  const how = `${half ? 'half, ' : ''}${inPlace ? 'in place, ' : ''}${shared ? 'shared, ' : ''}${placement}`;
  expect(variants.length, how).toBeGreaterThan(0);
  const floats = half ? { rtol: tolerance.rtol + HALF.rtol, atol: tolerance.atol + HALF.atol } : tolerance;
  for (const variant of choose(variants)) {
    const actual = await runCaseOnGpu(c, variant, setup);
    expect(actual.length).toBe(expected.length);
    expected.forEach((e, i) => {
      const a = at(actual, i);
      expect(a.dtype).toBe(e.dtype);
      expectClose(a, e, isFloat(e.dtype) ? floats : EXACT, `${variant ?? 'view'} (${how}), output ${i}`);
    });
  }
}
