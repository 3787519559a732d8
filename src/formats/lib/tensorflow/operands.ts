/** What the translations that TensorFlow's formats share ask of the node or operator they translate. */
import type { Tensor } from '../../../core/tensor.ts';
import type { Emitter } from '../emitter.ts';

/** The operands of one operator. */
export interface OperandSource extends Emitter {
  readonly inputCount: number;
  /** The value of an input. Throws ImportError when there are fewer. */
  input(index: number): string;
  /** The values of all inputs, or of a range of them. */
  inputs(from?: number, to?: number): string[];
  /** The elements of an input that is a constant; undefined when it is computed. */
  constantInput(index: number): Tensor | undefined;
  /** The integers of a constant input. Refuses a computed one: `what` names it. */
  knownInts(index: number, what: string): number[];
  /** The one integer of a constant input. */
  knownInt(index: number, what: string): number;
  /** An input as int64, which is what the engine's shape-like operands are. */
  int64Input(index: number): string;
}
