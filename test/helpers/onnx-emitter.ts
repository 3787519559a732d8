/** The growing ONNX node list that `onnx-writer.ts` fills: names, constants, and NHWC ⇄ NCHW wrapping. */
import { tensorOf, type Shape, type Tensor, type TensorDesc } from '../../src/core/tensor.ts';
import type { Activation } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import type { OnnxAttribute, OnnxNode } from './onnx-bytes.ts';

export type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Perm from channels-last to channels-first for this rank. */
export const toFirst = (rank: number): number[] => [0, rank - 1, ...range(rank - 2).map((i) => i + 1)];
/** Perm from channels-first to channels-last for this rank. */
export const toLast = (rank: number): number[] => [0, ...range(rank - 2).map((i) => i + 2), 1];

/** Collects ONNX nodes and initializers. Names it makes up start with `_`, which no graph of ours uses. */
export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Map<string, Tensor>;
  readonly #known: ReadonlyMap<string, TensorDesc>;
  #count = 0;

  constructor(known: ReadonlyMap<string, TensorDesc>, initializers: ReadonlyMap<string, Tensor>) {
    this.#known = known;
    this.initializers = new Map(initializers);
  }

  /** Description of a value of the IR graph. */
  desc(value: string): TensorDesc {
    const found = this.#known.get(value);
    if (!found) throw new Error(`no description of "${value}"`);
    return found;
  }

  fresh(): string {
    return `_${this.#count++}`;
  }

  /** Adds a node with one output; makes its name up unless given. */
  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, output = this.fresh()): string {
    const trimmed = [...inputs];
    while (trimmed.at(-1) === '') trimmed.pop();
    this.nodes.push({ op, name: `n${this.nodes.length}`, inputs: trimmed, outputs: [output], attributes });
    return output;
  }

  constant(value: Tensor): string {
    const name = this.fresh();
    this.initializers.set(name, value);
    return name;
  }

  ints(values: readonly number[]): string {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  scalar(dtype: Tensor['dtype'], value: number): string {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  transpose(x: string, perm: readonly number[], output?: string): string {
    return this.emit('Transpose', [x], { perm: { ints: perm } }, output);
  }

  reshape(x: string, shape: Shape, output?: string): string {
    return this.emit('Reshape', [x, this.ints(shape)], {}, output);
  }

  /** Applies an activation and gives the result the name `output`. */
  activation(x: string, { kind, alpha, beta }: Activation, dtype: Tensor['dtype'], output: string): void {
    const a = { f: alpha };
    const one = (op: string, attributes: Attributes = {}): string => this.emit(op, [x], attributes, output);
    switch (kind) {
      case 'none':
        return void one('Identity');
      case 'relu':
        return void one('Relu');
      case 'clip':
        return void this.emit('Clip', [x, this.scalar(dtype, alpha), this.scalar(dtype, beta)], {}, output);
      case 'leakyRelu':
        return void one('LeakyRelu', { alpha: a });
      case 'elu':
        return void one('Elu', { alpha: a });
      case 'selu':
        return void one('Selu', { alpha: a, gamma: { f: beta } });
      case 'celu':
        return void one('Celu', { alpha: a });
      case 'sigmoid':
        return void one('Sigmoid');
      case 'hardSigmoid':
        return void one('HardSigmoid', { alpha: a, beta: { f: beta } });
      case 'hardSwish':
        return void one('HardSwish');
      case 'swish':
        return void this.emit('Mul', [x, this.emit('Sigmoid', [x])], {}, output);
      case 'tanh':
        return void one('Tanh');
      case 'softplus':
        return void one('Softplus');
      case 'softsign':
        return void one('Softsign');
      case 'mish':
        return void one('Mish');
      case 'gelu':
        return void one('Gelu', { approximate: { s: 'none' } });
      case 'geluTanh':
        return void one('Gelu', { approximate: { s: 'tanh' } });
    }
  }
}
