/** Greedy slot allocation: a released slot is reused by the next value that fits it best. */

/** Hands out slot numbers; a slot's size is the largest request it served. */
export class SlotAllocator {
  readonly #bytes: number[] = [];
  readonly #free = new Set<number>();

  /**
   * A slot of at least `bytes`: the smallest free one that is large enough, else the largest free one, enlarged,
   * else a new one.
   */
  acquire(bytes: number): number {
    let best = -1;
    for (const slot of this.#free) {
      const size = this.#bytes[slot] ?? 0;
      const bestSize = best < 0 ? -1 : (this.#bytes[best] ?? 0);
      const better = size >= bytes ? bestSize < bytes || size < bestSize : bestSize < bytes && size > bestSize;
      if (best < 0 || better) best = slot;
    }
    if (best < 0) {
      this.#bytes.push(bytes);
      return this.#bytes.length - 1;
    }
    this.#free.delete(best);
    this.#bytes[best] = Math.max(this.#bytes[best] ?? 0, bytes);
    return best;
  }

  /** Returns a slot to the free set. */
  release(slot: number): void {
    this.#free.add(slot);
  }

  /** Sizes of all slots, by slot number. */
  get sizes(): readonly number[] {
    return this.#bytes;
  }
}
