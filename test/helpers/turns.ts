/** Which variants of an operator's kernels a case runs, in which setups: one in turn, or, in the full run, all in all. */
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

/**
 * The turns of a case among all cases of its operator, on a device. Each case has one: of the setups it can be in, the one
 * that had the fewest turns so far, and of the variants that apply there again the one with the fewest. A variant that had
 * none by then gets one in the first case and setup that take it. The same on every machine with such a device.
 */
export function turnsOf(cases: readonly OpCase[], device: DeviceProfile): (c: OpCase) => readonly Turn[] {
  if (FULL) return (c) => allOf(c, cases.indexOf(c), setupsIn(c, device));
  const turns = inTurn(cases, device);
  return (c) => turns.get(c) ?? [];
}

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
 * All variants in all setups; of cases of bytes all in one setup in turn, and one of the tiles, which software drivers compile
 * for seconds: random cases have the rest (quantised-random, quantised-tiled).
 */
function allOf(c: OpCase, index: number, setups: readonly Setup[]): readonly Turn[] {
  const bytes = c.inputs.some((input) => input?.dtype === 'int8' || input?.dtype === 'uint8');
  if (!bytes) return setups.flatMap((setup) => allIn(c, setup));
  const turns = setups
    .slice(index % setups.length)
    .slice(0, 1)
    .flatMap((setup) => allIn(c, setup));
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
