/** The graph: an immutable list of nodes over named values. Passes return a new one. */
import type { DType } from '../core/dtype.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { Node } from './ops.ts';

/** An extent: a number, or the name of one that is bound when a session is created. */
export type Dim = number | string;

/** A graph input as the model declares it. */
export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** A dataflow graph. `nodes` are in topological order; each value has exactly one definition. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  /** Names of the values that leave the graph, in the model's order. */
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Static descriptions of every value; empty until the infer-shapes pass has run. */
  readonly values: ReadonlyMap<string, TensorDesc>;
}

/** Extents of graph inputs, by input name, that bind their symbolic dimensions. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;
