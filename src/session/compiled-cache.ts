/** The graphs of a session that are ready to run, by the extents of their inputs; the least recently used are let go. */
import { InputError } from '../core/errors.ts';
import type { Shape } from '../core/tensor.ts';
import type { Prepared } from './backend.ts';

interface Entry {
  readonly prepared: Promise<Prepared>;
  /** Calls that are using it, or waiting for it. */
  users: number;
}

/** Compiled graphs a session keeps ready unless it is told otherwise. Each holds the weights on the GPU once more. */
export const MAX_COMPILED = 8;

/** Compiled graphs by `signatureOf` their inputs. A failed compilation is not remembered. */
export class CompiledCache {
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #most: number;

  /** Keeps `most` of them. Throws InputError when that is no positive whole number. */
  constructor(most = MAX_COMPILED) {
    if (!Number.isInteger(most) || most < 1) throw new InputError(`maxPlans must be a positive integer, not ${most}`);
    this.#most = most;
  }

  /** Keeps a graph that is ready for a signature of which nothing is known yet. */
  add(signature: string, prepared: Prepared): void {
    this.#entries.set(signature, { prepared: Promise.resolve(prepared), users: 0 });
    this.#evict();
  }

  /** Hands `work` the graph for a signature, which `make` compiles when it is not there. */
  async use<T>(signature: string, make: () => Promise<Prepared>, work: (prepared: Prepared) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(signature) ?? { prepared: make(), users: 0 };
    this.#entries.delete(signature);
    this.#entries.set(signature, entry);
    entry.users++;
    this.#evict();
    try {
      return await work(await this.#settled(signature, entry));
    } finally {
      entry.users--;
      this.#evict();
    }
  }

  /** Frees everything. Calls in flight reject. */
  dispose(): void {
    for (const { prepared } of this.#entries.values()) release(prepared);
    this.#entries.clear();
  }

  async #settled(signature: string, entry: Entry): Promise<Prepared> {
    try {
      return await entry.prepared;
    } catch (error) {
      if (this.#entries.get(signature) === entry) this.#entries.delete(signature);
      throw error;
    }
  }

  #evict(): void {
    // Only the oldest: while those are in use, the youngest idle one would be let go in their place.
    const excess = [...this.#entries].slice(0, Math.max(0, this.#entries.size - this.#most));
    for (const [signature, { prepared, users }] of excess) {
      if (users > 0) continue;
      this.#entries.delete(signature);
      release(prepared);
    }
  }
}

function release(preparing: Promise<Prepared>): void {
  preparing.then((prepared) => prepared.dispose()).catch(() => undefined);
}

/** What one compiled graph of a model was made for, of one input: its extents, and its elements where they decide shapes. */
export interface Signed {
  readonly name: string;
  readonly shape: Shape;
  readonly elements?: ArrayLike<number> | undefined;
}

/** Elements as text: JSON has neither infinities nor NaN, and only one zero. */
function texts(elements: ArrayLike<number>): string[] {
  return Array.from(elements, (v) => (Object.is(v, -0) ? '-0' : String(v)));
}

/** What distinguishes one compiled graph of a model from another. */
export function signatureOf(inputs: readonly Signed[]): string {
  return JSON.stringify(
    inputs.map(({ name, shape, elements }) => (elements ? [name, shape, texts(elements)] : [name, shape])),
  );
}
