/** Control: what is computed depends on a value: the attributes of each operator, inputs → outputs in the comment above it. */
import type { DType } from '../../core/dtype.ts';
import type { Unsupported } from '../../core/errors.ts';
import type { Shape } from '../../core/tensor.ts';

/** Where the slices of a tensor lie that a loop takes or gives, one a round. */
export interface Slices {
  readonly axis: number;
  /** From the last slice to the first. */
  readonly reverse: boolean;
}

/** Slices that a loop gives, with the type and shape of one, as far as they are known, for where there is no round. */
export interface StackedSlices extends Slices {
  readonly dtype?: DType | undefined;
  readonly shape?: Shape | undefined;
}

/** What is done with a list of tensors. */
export type SequenceKind = 'insert' | 'erase' | 'at' | 'length' | 'split' | 'concat';

/** Operators of this family. */
export interface ControlOps {
  /**
   * condition (bool, one element), then, otherwise → y, one of the two. The branches are nodes of the graph like any others;
   * where the condition is known while compiling, nothing of the other branch is looked at. A branch that the engine cannot
   * run is absent, and `missing` says what it lacks.
   */
  readonly If: { readonly missing: readonly Unsupported[] };
  /**
   * rounds? (one integer), condition? (bool, one element), …carried, …scanned → round (int64 scalar), condition, …carried,
   * …slices: the values that nodes of a loop's body read. What depends on them is the body, and what depends on that a LoopExit
   * gives. `scanned` says of each input behind the `carried` ones which slice of a tensor a round has; `each` is a list with an
   * element for every round, or a tensor that all have. Without `rounds` there are as many as slices.
   */
  readonly LoopEntry: { readonly carried: number; readonly scanned: readonly (Slices | 'each')[] };
  /**
   * round (of the LoopEntry), condition?, …carried, …given → …carried, …stacked: what the body computes, and what the last round
   * leaves. `stacked` says how what each round gives becomes one tensor, or a list.
   */
  readonly LoopExit: { readonly carried: number; readonly stacked: readonly (StackedSlices | 'list')[] };
  /**
   * Lists of tensors, which are there while shapes are inferred, and no longer. `insert`: list?, position?, …tensors → list, at
   * the end unless said otherwise; `erase`: list, position? → list; `at`: list, position → tensor; `length`: list → int64 scalar;
   * `split`: tensor, sizes? (a number, or one a part) → list of parts along `axis`, of one slice each, without that axis unless
   * `keepDims`; `concat`: list → tensor, along `axis`, a new one if `keepDims` is false.
   */
  readonly Sequence: { readonly kind: SequenceKind; readonly axis: number; readonly keepDims: boolean };
}
