/** Control: what is computed depends on a value: the attributes of each operator, inputs → outputs in the comment above it. */
import type { Unsupported } from '../../core/errors.ts';

/** Operators of this family. */
export interface ControlOps {
  /**
   * condition (bool, one element), then, otherwise → y, one of the two. The branches are nodes of the graph like any others;
   * where the condition is known while compiling, nothing of the other branch is looked at. A branch that the engine cannot
   * run is absent, and `missing` says what it lacks.
   */
  readonly If: { readonly missing: readonly Unsupported[] };
}
