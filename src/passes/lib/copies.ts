/** Weights that several nodes read and passes change for one of them: a small file can ask for any number of large copies. */
import { FOLDED_WEIGHTS } from '../../core/limits.ts';
import { product } from '../../util/arrays.ts';
import type { Rewriter } from './rewriter.ts';

/** What one pass may copy: half of all, because two do. */
export class Copies {
  #left = FOLDED_WEIGHTS / 2;

  /** True when changing a constant for one of its readers is no copy, or one that there is memory left for: it is taken off. */
  allow(name: string, rewriter: Rewriter): boolean {
    if (rewriter.isSole(name)) return true;
    const elements = product(rewriter.desc(name).shape);
    if (elements > this.#left) return false;
    this.#left -= elements;
    return true;
  }
}
