/** The graph: an immutable list of nodes over named values. Passes return a new one. */
import type { DType } from '../core/dtype.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { Node } from './ops.ts';

/**
 * An extent that depends on data: the shape holds the most it can be, and the int32 scalar value called `count` what it is.
 */
export interface BoundedExtent {
  readonly axis: number;
  readonly count: string;
}

/** Static description of a value. */
export interface ValueDesc extends TensorDesc {
  readonly bounded?: BoundedExtent | undefined;
}

/** An extent: a number, or the name of one that is bound when a session is created. */
export type Dim = number | string;

/** How pixels, 0 to 255, become the real numbers that a model takes: (pixel − mean) / std, of all channels or of each. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A graph input as the model declares it. */
export interface GraphInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  /** The extents of `shape` are what the file suggests: those that are given or fed instead, of the same rank, take their place. */
  readonly suggested?: true;
  /** Axes whose extents hold although the others are suggested: the file has weights for so many channels. */
  readonly fixed?: readonly number[];
  /** Of a picture, where the file says it: for whoever feeds it, no kernel asks. */
  readonly normalisation?: Normalisation;
  /** Of a picture, how it becomes the input, where the file says all of it: properties of a `Preprocessing`. */
  readonly preparation?: Readonly<Record<string, unknown>>;
}

/** What integers stand for: `(q − zeroPoint)·scale`. */
export interface IntegerScale {
  readonly scale: number;
  readonly zeroPoint: number;
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
  readonly values: ReadonlyMap<string, ValueDesc>;
  /** What the integers of inputs and outputs stand for, by name: said for whoever feeds and reads them, no kernel asks. */
  readonly scales?: ReadonlyMap<string, IntegerScale>;
  /** Names of the classes, in their order, where the file has them. */
  readonly labels?: readonly string[];
}

/** Extents of graph inputs, by input name, that bind their symbolic dimensions. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

/** Values that whoever runs a graph reads: its outputs, and the counts of those whose extents depend on data. */
export function valuesThatLeave({ outputs, values }: Graph): string[] {
  return outputs.flatMap((name) => {
    const count = values.get(name)?.bounded?.count;
    return count === undefined ? [name] : [name, count];
  });
}
