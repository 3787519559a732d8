/** State of one import: the graph being built, what its values are called, and which of them are constants. */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import type { Rounding } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import type { Subgraph, TfliteModel, TfliteOperator } from './model.ts';
import type { Quantisation } from './quantisation.ts';
import { constantTensor, dtypeOfConstant, type TfliteTensor } from './tensor.ts';

/** Elements that are known, and what they mean where they are quantised. */
export interface Constant {
  readonly tensor: Tensor;
  readonly quantisation: Quantisation | undefined;
}

/** What the names of operators on quantised integers begin with. */
export const QUANTISED_PREFIX = 'quantised ';

/** An operator under its name: that of its first output. */
export interface NamedOperator {
  readonly name: string;
  readonly op: string;
  readonly operator: TfliteOperator;
}

/** What all operators of one import share. */
export class TfliteGraph {
  readonly builder: GraphBuilder;
  readonly file: string;
  readonly subgraph: Subgraph;
  /** What the engine calls each tensor. */
  readonly #names: readonly string[];
  readonly #model: TfliteModel;
  readonly #constants = new Map<number, Constant>();
  /** Elements by buffer, type and number: tensors may share them. */
  readonly #read = new Map<string, Tensor>();
  /** Tensors that a run feeds, or that an operator computes. */
  readonly #computed: ReadonlySet<number>;
  /** How quantised integers are rounded. */
  readonly rounding: Rounding;
  /** Tensors that leave the graph. */
  readonly leaving: ReadonlySet<number>;
  /** Constants that were made of lists of scales and of zero points. */
  readonly parameters = new Map<readonly number[], string>();
  /** Makes sparse tensors dense; loaded for models that have any. */
  densify: ((tensor: TfliteTensor, bytes: Uint8Array, file: string) => Tensor) | undefined;

  constructor(
    model: TfliteModel,
    subgraph: Subgraph,
    names: readonly string[],
    given: Pick<TfliteGraph, 'builder' | 'file' | 'rounding'>,
  ) {
    this.#model = model;
    this.subgraph = subgraph;
    this.#names = names;
    this.builder = given.builder;
    this.file = given.file;
    this.rounding = given.rounding;
    this.leaving = new Set(subgraph.outputs);
    this.#computed = this.#inOrder();
  }

  /** Tensors that runs have, in turn. Throws ImportError where one is read before it is there, or computed twice. */
  #inOrder(): Set<number> {
    const { inputs, operators } = this.subgraph;
    const computed = new Set(inputs);
    for (const { op, inputs: read, outputs } of operators) {
      for (const index of read) {
        if (index < 0 || computed.has(index) || this.#isGiven(index)) continue;
        this.fail(index, `is read by ${op}, but nothing before computes it, and the file has no elements of it`);
      }
      for (const index of outputs) {
        if (computed.has(index) || this.#isStored(index))
          this.fail(index, `is computed by ${op}, but is there already`);
        computed.add(index);
      }
    }
    return computed;
  }

  #isStored(index: number): boolean {
    const { buffer, isExternal } = this.tensor(index);
    return isExternal || (this.#model.buffers[buffer]?.length ?? 0) > 0;
  }

  /** True of what is there before anything runs: stored elements, none at all, or state. */
  #isGiven(index: number): boolean {
    const { shape, isVariable } = this.tensor(index);
    return isVariable || this.#isStored(index) || (shape.length > 0 && product(shape) === 0);
  }

  tensor(index: number): TfliteTensor {
    return at(this.subgraph.tensors, index);
  }

  nameOf(index: number): string {
    return at(this.#names, index);
  }

  /** Throws ImportError that names the tensor. */
  fail(index: number, what: string): never {
    throw new ImportError(`tensor "${this.nameOf(index)}" ${what}`, { file: this.file, format: 'tflite' });
  }

  /** True of a tensor whose elements are known. */
  isConstant(index: number): boolean {
    return this.#constants.has(index) || (!this.#computed.has(index) && this.#isGiven(index));
  }

  /** What an operator found to be known: the result of a Dequantize, say. */
  noteConstant(index: number, constant: Constant): void {
    this.#constants.set(index, constant);
  }

  /** Elements that the file has; undefined of a tensor that is computed. Throws ImportError when they do not fit its shape. */
  constant(index: number): Constant | undefined {
    const known = this.#constants.get(index);
    if (known || !this.isConstant(index)) return known;
    const constant = { tensor: this.#decode(index), quantisation: this.tensor(index).quantisation };
    this.#constants.set(index, constant);
    return constant;
  }

  #decode(index: number): Tensor {
    const tensor = this.tensor(index);
    const refuse = (what: string): never => {
      throw new UnsupportedError([{ node: this.nameOf(index), op: 'tensor', what }], { format: 'tflite' });
    };
    if (tensor.isVariable) return refuse('a variable, which keeps its elements between runs');
    if (tensor.isExternal) return refuse('elements in a file of their own');
    if (dtypeOfConstant(tensor.type) === undefined) return refuse(`${tensor.type} elements`);
    const bytes = this.#model.buffers[tensor.buffer] ?? new Uint8Array();
    const named = { ...tensor, name: this.nameOf(index) };
    if (tensor.sparsity && this.densify) return this.densify(named, bytes, this.file);
    const key = `${tensor.buffer} ${tensor.type} ${product(tensor.shape)}`;
    const read = this.#read.get(key) ?? constantTensor(named, bytes, this.file);
    this.#read.set(key, read);
    return { ...read, shape: tensor.shape };
  }

  /** The value of a tensor, which becomes an initializer where it is a constant. Throws ImportError where its elements do not fit. */
  value(index: number): string {
    const name = this.nameOf(index);
    const constant = this.builder.tensor(name) ? undefined : this.constant(index);
    return constant ? this.builder.initializer(name, constant.tensor) : name;
  }
}
