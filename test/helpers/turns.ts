/** Which variants of an operator's kernels a case runs, in which setups: one in turn, or in the full run all, and in turn. */
import type { DeviceProfile } from '../../src/core/limits.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { KernelDefinition } from '../../src/kernels/definition.ts';
import { KERNELS } from './every-operator.ts';
import { FULL } from './full.ts';
import { setupName } from './gpu-run.ts';
import { prepare, setupsOf, variantsOf, type Setup } from './lower-case.ts';
import type { OpCase } from './op-case.ts';

/** One run of a case. */
export interface Turn {
  /** Absent for a `view` operator. */
  readonly variant: string | undefined;
  readonly setup: Setup;
}

/** The turns of a case among all cases of its operator, on a device. The same on every machine with such a device. */
export function turnsOf(cases: readonly OpCase[], device: DeviceProfile): (c: OpCase) => readonly Turn[] {
  const turns = FULL ? allInTurn(cases, device) : inTurn(cases, device);
  return (c) => turns.get(c) ?? [];
}

/**
 * The turns of `npm test`: each case has one. Of the setups it can be in, the one that had the fewest turns so far, and of the
 * variants that apply there again the one with the fewest. A variant that had none by then gets one in the first case and
 * setup that take it.
 */
function inTurn(cases: readonly OpCase[], device: DeviceProfile): ReadonlyMap<OpCase, readonly Turn[]> {
  const turns = new Map<OpCase, Turn[]>(cases.map((c) => [c, []]));
  const variantTurns = new Map<string | undefined, number>();
  const setupTurns = new Map<string, number>();
  const take = (c: OpCase, turn: Turn): void => {
    turns.get(c)?.push(turn);
    variantTurns.set(turn.variant, (variantTurns.get(turn.variant) ?? 0) + 1);
    const name = setupName(turn.setup);
    setupTurns.set(name, (setupTurns.get(name) ?? 0) + 1);
  };
  for (const c of cases) {
    const setup = fewest(setupsIn(c, device), (s) => setupTurns.get(setupName(s)) ?? 0);
    const variant = setup && fewest(variantsIn(c, setup), (v) => variantTurns.get(v) ?? 0);
    if (setup && (variant !== undefined || isView(c))) take(c, { variant, setup });
  }
  for (const c of cases) {
    const missing = namesOf(c).filter((name) => !variantTurns.has(name));
    for (const setup of missing.length > 0 ? setupsIn(c, device) : []) {
      for (const variant of applying(c, setup, missing)) if (!variantTurns.has(variant)) take(c, { variant, setup });
    }
  }
  return turns;
}

/**
 * The turns of the full run: each case has all variants in the plain setup, and in each further one the variant that had the
 * fewest turns there so far. One that a setup had none of by then gets one in the first case that takes them together: so all
 * pairs of a variant and a setup are run, but not each of them in each case, which would be twice as many texts to compile.
 */
function allInTurn(cases: readonly OpCase[], device: DeviceProfile): ReadonlyMap<OpCase, readonly Turn[]> {
  const turns = new Map<OpCase, Turn[]>();
  const pairs = new Map<string, number>();
  const had = ({ variant, setup }: Turn): number => pairs.get(`${variant}, ${setupName(setup)}`) ?? 0;
  const take = (c: OpCase, turn: Turn): void => {
    turns.set(c, [...(turns.get(c) ?? []), turn]);
    pairs.set(`${turn.variant}, ${setupName(turn.setup)}`, had(turn) + 1);
  };
  const left: [OpCase, Turn][] = [];
  cases.forEach((c, index) => {
    const setups = setupsIn(c, device).map((setup) => allIn(c, setup));
    const [plain = [], ...further] = takesBytes(c) ? [bytesInTurn(setups, index)] : setups;
    plain.forEach((turn) => take(c, turn));
    for (const all of further) {
      const next = fewest(all, had);
      if (next) take(c, next);
      left.push(...all.map((turn): [OpCase, Turn] => [c, turn]));
    }
  });
  for (const [c, turn] of left) if (had(turn) === 0) take(c, turn);
  return turns;
}

function takesBytes(c: OpCase): boolean {
  return c.inputs.some((input) => input?.dtype === 'int8' || input?.dtype === 'uint8');
}

/**
 * Of cases of bytes all variants in one setup in turn, and one of the tiles, which software drivers compile for seconds: random
 * cases have the rest (quantised-random, quantised-tiled).
 */
function bytesInTurn(setups: readonly (readonly Turn[])[], index: number): readonly Turn[] {
  const turns = setups[index % setups.length] ?? [];
  const tiles = turns.filter(({ variant }) => variant?.includes('tiled'));
  return turns.filter((turn) => !tiles.includes(turn) || turn === tiles[index % tiles.length]);
}

/** Throws when no variant takes a setup that the operator's definition allows. */
function allIn(c: OpCase, setup: Setup): readonly Turn[] {
  const variants = variantsIn(c, setup);
  if (variants.length === 0) throw new Error(`${c.op} "${c.name}": no variant applies (${setupName(setup)})`);
  return variants.map((variant) => ({ variant, setup }));
}

function isView(c: OpCase): boolean {
  return KERNELS[c.op].kind === 'view';
}

/** Names of all variants of the operator. */
function namesOf(c: OpCase): readonly string[] {
  const kernel = KERNELS[c.op];
  return kernel.kind === 'dispatch' ? kernel.variants.map(({ name }) => name) : [];
}

/** Those of the named variants that apply: what `variantsOf` says, without lowering by the others. */
function applying(c: OpCase, setup: Setup, names: readonly string[]): readonly string[] {
  const kernel = KERNELS[c.op] as unknown as KernelDefinition<OpKind>;
  if (kernel.kind !== 'dispatch') return [];
  const { context } = prepare(c, setup);
  return names.filter((name) => {
    if (c.unlike && name.startsWith(c.unlike.variants)) return false;
    return kernel.variants.some((v) => v.name === name && v.tryLower(context) !== undefined);
  });
}

function setupsIn(c: OpCase, device: DeviceProfile): readonly Setup[] {
  return [{ device }, ...setupsOf(c, device)];
}

function variantsIn(c: OpCase, setup: Setup): readonly (string | undefined)[] {
  return isView(c) ? [undefined] : variantsOf(c, setup);
}

/** The first of those with the fewest turns. */
function fewest<T>(all: readonly T[], turnsOfOne: (one: T) => number): T | undefined {
  let [best, least]: [T | undefined, number] = [undefined, Infinity];
  for (const one of all) {
    const count = turnsOfOne(one);
    if (count < least) [best, least] = [one, count];
  }
  return best;
}
