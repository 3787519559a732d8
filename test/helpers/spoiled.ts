/** Cases whose operands hold what detectors are not meant to be given: what is no number, has no end or no place on a map. */
import { isFloat } from '../../src/core/dtype.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { product, range } from '../../src/util/arrays.ts';
import { Dice } from '../fuzz/dice.ts';
import type { CaseInput, OpCase } from './op-case.ts';
import { randomSource } from './random.ts';

const BOUNDLESS = [NaN, Infinity, -Infinity, -0, 0];
const NUMBERS = [...BOUNDLESS, 1e30, -1e30, 1e9, -1e9, 4096, -4096];
/** Sums and products of these are as good in float32 as in float64, in which the reference computes boxes. */
const MODEST = [...BOUNDLESS, 16, -16];
const INTEGERS = [-1, -5, 2 ** 31 - 1, -(2 ** 31), 1000];

/** The case with some elements of its operands at `indices` spoiled; the same of the same seed. */
export function spoiled<K extends OpKind>(c: OpCase<K>, indices: readonly number[], seed: number): OpCase<K> {
  const d = new Dice(randomSource(seed));
  const inputs = c.inputs.map((input, i) =>
    input && indices.includes(i) ? spoiledInput(input, d, c.op === 'BoxDecode' ? MODEST : NUMBERS) : input,
  );
  return { ...c, name: `${c.name}, spoiled`, inputs };
}

function spoiledInput(input: CaseInput, d: Dice, numbers: readonly number[]): CaseInput {
  const { dtype = 'float32', shape, low = -1, high = 1 } = input;
  const share = d.pick([0.05, 0.3, 1]);
  const values = range(product(shape)).map((i) => {
    if (d.chance(share)) return d.pick(isFloat(dtype) ? numbers : INTEGERS);
    return input.values?.[i] ?? low + ((high - low) * d.int(0, 64)) / 64;
  });
  return { ...input, values };
}
