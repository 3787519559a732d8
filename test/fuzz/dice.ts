/** Draws: from a seeded source, or from the bytes of an input, so that a structured input can be kept and changed as bytes. */
import { at } from '../../src/util/arrays.ts';

/** Numbers that programs get wrong. */
export const EXTREMES: readonly number[] = [
  0,
  1,
  -1,
  2,
  127,
  128,
  255,
  256,
  65535,
  65536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
];

/** What can be drawn. Bounds are inclusive. */
export class Dice {
  readonly #next: () => number;

  /** @param next gives numbers in [0, 1) */
  constructor(next: () => number) {
    this.#next = next;
  }

  /** Draws what the bytes say, then zeros: the same draws for the same bytes. */
  static of(bytes: Uint8Array): Dice {
    let i = 0;
    return new Dice(() => ((bytes[i++] ?? 0) * 256 + (bytes[i++] ?? 0)) / 65536);
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  chance(p: number): boolean {
    return this.#next() < p;
  }

  pick<T>(list: readonly T[]): T {
    return at(list, this.int(0, list.length - 1));
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(0, 255));
  }

  /** A small extent mostly, and now and then a number that programs get wrong. */
  extent(): number {
    return this.chance(0.9) ? this.int(0, 6) : this.pick(EXTREMES);
  }
}
