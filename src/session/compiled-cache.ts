/** The graphs of a session that are ready to run, by the extents of their inputs; the least recently used are let go. */
import type { TensorDesc } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import type { PrepareTimes } from './report.ts';
import type { Executor } from '../runtime/webgpu/executor.ts';

/** A graph compiled for one set of input shapes; on the GPU, loaded. */
export interface Compiled {
  readonly graph: Graph;
  readonly executor?: Executor;
  readonly times: PrepareTimes;
}

interface Entry {
  readonly compiled: Promise<Compiled>;
  /** Calls that are using it, or waiting for it. */
  users: number;
}

/** Sets of shapes a session keeps ready. Each holds the weights on the GPU once more. */
export const MAX_COMPILED = 4;

/** Compiled graphs by `signatureOf` their inputs. A failed compilation is not remembered. */
export class CompiledCache {
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();

  /** Hands `work` the graph for a signature, which `make` compiles when it is not there. */
  async use<T>(signature: string, make: () => Promise<Compiled>, work: (compiled: Compiled) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(signature) ?? { compiled: make(), users: 0 };
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
    for (const { compiled } of this.#entries.values()) release(compiled);
    this.#entries.clear();
  }

  async #settled(signature: string, entry: Entry): Promise<Compiled> {
    try {
      return await entry.compiled;
    } catch (error) {
      if (this.#entries.get(signature) === entry) this.#entries.delete(signature);
      throw error;
    }
  }

  #evict(): void {
    // Only the oldest: while those are in use, the youngest idle one would be let go in their place.
    const excess = [...this.#entries].slice(0, Math.max(0, this.#entries.size - MAX_COMPILED));
    for (const [signature, { compiled, users }] of excess) {
      if (users > 0) continue;
      this.#entries.delete(signature);
      release(compiled);
    }
  }
}

function release(compiled: Promise<Compiled>): void {
  compiled.then(({ executor }) => executor?.dispose()).catch(() => undefined);
}

/** What distinguishes one compiled graph of a model from another: the extents of its inputs. */
export function signatureOf(inputs: ReadonlyMap<string, TensorDesc>): string {
  return JSON.stringify([...inputs].map(([name, { shape }]) => [name, shape]));
}
