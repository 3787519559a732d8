/** What passes are told. */
import type { InputShapes } from '../../ir/graph.ts';

/**
 * How much to do: `reference` keeps the model's own nodes (the CPU backend runs those), `full` is for kernels, `folded` is
 * that without the passes that make one node of several that compute: for whoever wants to see each.
 */
export type Level = 'reference' | 'folded' | 'full';

/** How far to compile a graph, and for which extents. */
export interface CompileOptions {
  /** Extents of the graph's inputs, by name, for symbolic dimensions. */
  readonly inputShapes?: InputShapes;
  readonly level: Level;
  /** `int8` stores constant weights of products in eight bits; `float` unless given. */
  readonly weightStorage?: 'float' | 'int8' | undefined;
}
