/** Values that nothing gives because a layer before was refused: layers that read them are passed over, so that all others are told. */
import type { Unsupported } from '../../core/errors.ts';
import type { Source } from './emitter.ts';
import type { Putting } from './translate.ts';

/** A node that names the values it reads and gives. */
export interface ValuedNode extends Source {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** For `translate`: nothing is put off, but what a refused node leads to is told once, by that node. */
export class LostValues<N extends ValuedNode> implements Putting<N> {
  /** A thing that was refused, by the values that are missing for it. */
  readonly #why = new Map<string, Unsupported>();

  inherited({ inputs }: N): readonly Unsupported[] {
    const lost = inputs.find((value) => this.#why.has(value));
    const why = lost === undefined ? undefined : this.#why.get(lost);
    return why ? [why] : [];
  }

  put({ outputs }: N, [why]: readonly Unsupported[]): boolean {
    if (why) for (const value of outputs) this.#why.set(value, why);
    return false;
  }
}
