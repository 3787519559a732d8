/** What is fuzzed: inputs to start from, ways to change them, and what is done with each. */
import { TilewiseError } from '../../src/core/errors.ts';
import { randomSource } from '../helpers/random.ts';
import { STEERS } from '../helpers/steers.ts';
import { Dice } from './dice.ts';
import { BYTE_MUTATORS, type Mutator } from './mutate/bytes.ts';

/** What a run may be told: for a test that a fault is found where a limit is off. */
export interface Settings {
  /** Constants are folded whatever that takes. */
  readonly unlimited?: boolean;
}

/** One part of the engine, fed with inputs that are byte strings. */
export interface FuzzTarget {
  /** Small inputs to start from, valid ones mostly. */
  readonly seeds: readonly Uint8Array[];
  /** Changes that know what the bytes are. */
  readonly mutators: readonly Mutator[];
  /** False where a change of a byte makes nonsense of every input. */
  readonly changesBytes?: boolean;
  /** Does with an input what the engine does. Rejects with a fault; a typed error is none (see `typed`). */
  readonly run: (input: Uint8Array, settings: Settings) => Promise<unknown>;
}

/** A fault that is no error of the engine's: a wrong answer, say. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** The input of this number: the same for the same seed, on every machine. */
export function inputOf({ seeds, mutators, changesBytes = true }: FuzzTarget, seed: number, index: number): Uint8Array {
  const dice = new Dice(randomSource(Math.imul(seed + 1, 0x9e3779b1) + index));
  // Nothing but chance, now and then; with no seeds to change, always.
  if (seeds.length === 0 || dice.chance(0.02)) return dice.bytes(dice.int(0, 200));
  let input = dice.pick(seeds);
  for (let n = dice.pick([1, 1, 1, 2, 3, 6]); n > 0; n--) {
    const known = mutators.length > 0 && (!changesBytes || dice.chance(0.85));
    input = dice.pick(known ? mutators : BYTE_MUTATORS)(input, dice, seeds);
  }
  return input;
}

/** True for errors that say the engine is at fault, not its input: a plan fails only on what a device cannot hold. */
function isOurs({ code, message }: TilewiseError): boolean {
  if (code === 'PLAN_FAILED') return !/this device|one dispatch can hold/.test(message);
  return code === 'SHADER_FAILED' || code === 'DEVICE_LOST';
}

/** What an action gives, or undefined where it throws a typed error that is fit to print. Rejects with everything else. */
export async function typed<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof TilewiseError) || isOurs(error)) throw error;
    if (STEERS.test(error.message)) throw new Fault(`a message steers the terminal: ${JSON.stringify(error.message)}`);
    return undefined;
  }
}
