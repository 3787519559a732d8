/** What a TensorFlow Lite file is made of, for tests and tools that write one. Nothing of it is checked: tests write bad ones too. */
import type { OptionsName, OptionsOf, TypeName } from '../schema.ts';

/** What the integers of a tensor mean: `(q − zero point)·scale`, one for all of them or one for each position of `axis`. */
export interface WrittenQuantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis?: number;
}

/** One dimension of a sparse tensor, in the order it is walked: of so many positions, or of those that are listed. */
export type WrittenDimension =
  | { readonly size: number }
  | { readonly segments: readonly number[]; readonly indices: readonly number[]; readonly width?: 8 | 16 | 32 };

/** How the elements of a sparse tensor lie in it. */
export interface WrittenSparsity {
  readonly order: readonly number[];
  readonly blockMap?: readonly number[];
  readonly dimensions: readonly WrittenDimension[];
}

/** A tensor; with `data` it is a constant, or with `buffer`, the index of one that another tensor has. */
export interface WrittenTensor {
  readonly name: string;
  readonly type: TypeName;
  readonly shape: readonly number[];
  /** The extents with −1 for those that are not known. */
  readonly signature?: readonly number[];
  readonly data?: Uint8Array;
  readonly buffer?: number;
  readonly quantisation?: WrittenQuantisation;
  readonly sparsity?: WrittenSparsity;
  readonly isVariable?: boolean;
}

/** A table of options and the fields that are not as the schema leaves them. */
export type WrittenOptions = { [N in OptionsName]: readonly [table: N, fields: Partial<OptionsOf<N>>] }[OptionsName];

/** An operator; tensors by index, −1 for an absent input. */
export interface WrittenOperator {
  /** Its name in the schema, a number for a code that is not there, or `custom NAME`. */
  readonly op: string | number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: WrittenOptions;
  readonly customOptions?: Uint8Array;
}

/** A subgraph. */
export interface WrittenSubgraph {
  readonly name?: string;
  readonly tensors: readonly WrittenTensor[];
  readonly operators: readonly WrittenOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** What a signature calls the tensors of a subgraph, by name. */
export interface WrittenSignature {
  readonly key: string;
  readonly subgraph: number;
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
}

/** A file. */
export interface WrittenModel {
  readonly description?: string;
  readonly subgraphs: readonly WrittenSubgraph[];
  readonly signatures?: readonly WrittenSignature[];
  /** Buffers that say something of the model, by name. */
  readonly metadata?: Readonly<Record<string, Uint8Array>>;
  /** Constants lie behind the flatbuffer, as in files that are too large for its offsets. */
  readonly outside?: boolean;
}
