/** What the translation of one operator may ask: its options, its tensors as values, and constant inputs. */
import type { DType } from '../../core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../core/tensor.ts';
import { NO_ACTIVATION, RELU, RELU6, type Activation, type Rounding } from '../../ir/ops.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Translation } from '../lib/translate.ts';
import { QUANTISED_PREFIX, type Constant, type NamedOperator, type TfliteGraph } from './graph.ts';
import type { Quantisation } from './quantisation.ts';
import { FUSED_ACTIVATIONS, OPTIONS, type OptionField, type OptionsName, type OptionsOf } from './schema.ts';
import { dtypeOfTflite, type TfliteTensor } from './tensor.ts';

/** Numbers beyond which a list of extents, axes, pads or parts is none. */
const MAX_LIST = 2 ** 13;

/** A row of the operator table. */
export type TfliteTranslation = Translation<OperatorContext>;

/** What each fused activation means; the last, a bit of the sign, no kernel has. */
const ACTIVATIONS: { readonly [K in (typeof FUSED_ACTIVATIONS)[number]]?: Activation } = {
  NONE: NO_ACTIVATION,
  RELU,
  RELU_N1_TO_1: { kind: 'clip', alpha: -1, beta: 1 },
  RELU6,
  TANH: { kind: 'tanh', alpha: 0, beta: 0 },
};

/** How the elements of a constant are put in another order, and where that leaves an axis. */
export interface Rearranged {
  readonly arrange: (value: string) => string;
  readonly axis: (axis: number) => number;
}

/** True of constants that stand for real numbers; a bias of 32 bits is added as it is. */
function isQuantised(constant: Constant | undefined): constant is Constant & { readonly quantisation: Quantisation } {
  return constant?.quantisation !== undefined && ['int8', 'uint8', 'int16'].includes(constant.tensor.dtype);
}

/** One operator under translation. */
export class OperatorContext extends Emitter {
  readonly #graph: TfliteGraph;
  readonly #operator: NamedOperator['operator'];
  /** The operator computes with quantised integers: constants are given as the file has them. */
  readonly #isQuantised: boolean;

  constructor(graph: TfliteGraph, named: NamedOperator) {
    super(graph.builder, named, { format: 'tflite', names: 'tensorflow' });
    this.#graph = graph;
    this.#operator = named.operator;
    this.#isQuantised = named.op.startsWith(QUANTISED_PREFIX);
    for (const index of [...this.#operator.inputs, ...this.#operator.outputs]) {
      if (index < 0 || this.#graph.isConstant(index)) continue;
      const { type } = graph.tensor(index);
      if (!dtypeOfTflite(type)) this.refuse(`${type} tensor "${graph.nameOf(index)}"`);
    }
  }

  /** How quantised integers are rounded. */
  get rounding(): Rounding {
    return this.#graph.rounding;
  }

  /** Number of inputs, absent ones between them included. */
  get inputCount(): number {
    return this.#operator.inputs.length;
  }

  get outputCount(): number {
    return this.#operator.outputs.length;
  }

  /** True where the operator has this input. */
  has(index: number): boolean {
    return (this.#operator.inputs[index] ?? -1) >= 0;
  }

  #input(index: number): number {
    return this.has(index) ? (this.#operator.inputs[index] ?? 0) : this.fail(`input ${index} is missing`);
  }

  #output(index: number): number {
    return this.#operator.outputs[index] ?? this.fail(`output ${index} is missing`);
  }

  /** An input as the file declares it. */
  tensor(index: number): TfliteTensor {
    return this.#graph.tensor(this.#input(index));
  }

  /** An output as the file declares it. */
  outputTensor(index = 0): TfliteTensor {
    return this.#graph.tensor(this.#output(index));
  }

  /** Extents of an input as the file declares them: those of unknown dimensions are 1. */
  shape(index: number): Shape {
    return this.tensor(index).shape;
  }

  /** The type of output `index`. */
  outputDtype(index = 0): DType {
    const { type } = this.outputTensor(index);
    return dtypeOfTflite(type) ?? this.refuse(`${type} elements`);
  }

  /** What the integers of an input mean; undefined where they are plain numbers. */
  quantisation(index: number): Quantisation | undefined {
    return this.rawConstant(index)?.quantisation ?? this.tensor(index).quantisation;
  }

  /** What the integers of an output mean. */
  outputQuantisation(index = 0): Quantisation | undefined {
    return this.outputTensor(index).quantisation;
  }

  /** The value of an input: real numbers, where it is a constant of quantised ones. '' where it is absent and may be. */
  input(index: number, optional = false): string {
    if (optional && !this.has(index)) return '';
    return this.arranged(index, { arrange: (value) => value, axis: (axis) => axis });
  }

  /** The values of all inputs. */
  inputs(from = 0, to = this.inputCount): string[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => this.input(from + i));
  }

  /** The value of an input in another arrangement. Weights in eight bits are arranged as they are, and dequantised then. */
  arranged(index: number, { arrange, axis }: Rearranged): string {
    const value = arrange(this.rawInput(index));
    const constant = this.rawConstant(index);
    if (this.#isQuantised || !isQuantised(constant)) return value;
    const { tensor, quantisation } = constant;
    return this.dequantised(value, tensor.dtype, { ...quantisation, axis: axis(quantisation.axis) });
  }

  /** An input whose dimensions are put in another order. */
  transposed(index: number, perm: readonly number[]): string {
    return this.arranged(index, {
      arrange: (value) => this.one('Transpose', [value], { perm }),
      axis: (axis) => perm.indexOf(axis),
    });
  }

  /** The value of an input as the file has it. */
  rawInput(index: number): string {
    return this.#graph.value(this.#input(index));
  }

  /** Real numbers for quantised ones. Refuses parameters that the engine does not know. */
  dequantised(x: string, dtype: DType, { scales, zeroPoints, axis, unknown }: Quantisation): string {
    if (unknown) this.refuse(unknown);
    const scale = this.parameter('float32', scales);
    const zero = zeroPoints.some((z) => z !== 0) ? [this.parameter(dtype, zeroPoints)] : [];
    return this.one('DequantizeLinear', [x, scale, ...zero], { axis, blockSize: 0 });
  }

  /** A constant of a tensor's scales or zero points, one or one for each channel: made once, whoever reads the tensor. */
  parameter(dtype: DType, values: readonly number[]): string {
    const made = this.#graph.parameters.get(values);
    if (made !== undefined) return made;
    const name = this.constant(tensorOf(dtype, values.length === 1 ? [] : [values.length], values));
    this.#graph.parameters.set(values, name);
    return name;
  }

  /**
   * The elements of an input that is a short constant of plain numbers, as extents, axes and pads are; undefined of any
   * other. Throws ImportError where it is too long to be any of these.
   */
  constantInput(index: number): Tensor | undefined {
    const constant = this.rawConstant(index);
    if (!constant || (!this.#isQuantised && isQuantised(constant))) return undefined;
    const { length } = constant.tensor.data;
    // Many operators may read one: what each would copy adds up.
    return length > MAX_LIST ? this.fail(`has ${length} numbers in input ${index}`) : constant.tensor;
  }

  /** The integers of a constant input. Refuses a computed one: `what` names it. */
  knownInts(index: number, what: string): number[] {
    const constant = this.constantInput(index);
    return constant ? Array.from(constant.data) : this.refuse(`${what} computed at run time`);
  }

  /** The one integer of a constant input. */
  knownInt(index: number, what: string): number {
    const [value, ...rest] = this.knownInts(index, what);
    return value === undefined || rest.length > 0 ? this.fail(`${what} must be one number`) : value;
  }

  /** An input as int64, which is what the engine's shape-like operands are: a constant, or a Cast. */
  int64Input(index: number): string {
    const constant = this.constantInput(index);
    if (constant) return this.constant(tensorOf('int64', constant.shape, constant.data));
    return this.one('Cast', [this.input(index)], { to: 'int64' });
  }

  /** The operator's options. Throws ImportError where it has others, or `required` ones are not there. */
  options<N extends OptionsName>(name: N): OptionsOf<N> {
    const { optionsType, options: table } = this.#operator;
    const { union, fields } = OPTIONS[name];
    if (table && optionsType !== union) this.fail(`has options of kind ${optionsType} instead of ${union} (${name})`);
    const read = ({ slot, kind, fallback }: OptionField): number | boolean | readonly number[] => {
      if (!table) return kind === 'ints' ? [] : kind === 'bool' ? fallback !== 0 : fallback;
      if (kind === 'ints') return table.ints(slot, 'its options');
      if (kind === 'float') return table.float32(slot, fallback);
      if (kind === 'int') return table.int32(slot, fallback);
      const byte = table.int8(slot, fallback);
      return kind === 'bool' ? byte !== 0 : byte;
    };
    const entries = Object.entries<OptionField>(fields).map(([key, field]) => [key, read(field)]);
    return Object.fromEntries(entries) as OptionsOf<N>;
  }

  /** The bytes that an operator of the file's own has for options. */
  get customOptions(): Uint8Array {
    return this.#operator.customOptions;
  }

  /** A fused activation by its code. Refuses those that no kernel has. */
  fused(code: number): Activation {
    const name = FUSED_ACTIVATIONS[code] ?? this.fail(`has fused activation ${code}, which is none`);
    return ACTIVATIONS[name] ?? this.refuse(`fused activation ${name}`);
  }

  /** The elements of a constant input as the file has them, and what they mean; undefined of what is computed. */
  rawConstant(index: number): Constant | undefined {
    return this.#graph.constant(this.#input(index));
  }

  /** True of an output that leaves the graph. */
  leaves(index: number): boolean {
    return this.#graph.leaving.has(this.#output(index));
  }

  /** Takes note that output `index` holds what a constant input does, with other parameters perhaps. */
  noteOutput(index: number, tensor: Tensor, quantisation?: Quantisation): void {
    this.#graph.noteConstant(this.#output(index), { tensor, quantisation });
  }

  override nameOf(index: number): string | undefined {
    const output = this.#operator.outputs[index];
    return output === undefined ? undefined : this.#graph.nameOf(output);
  }
}
