/** ONNX models drawn node by node, with small extents mostly and huge ones now and then; half of them compute on constants alone. */
import { LoadError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { encodeModel, type OnnxAttribute, type OnnxNode, type OnnxTensor } from '../../helpers/onnx-bytes.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { Dice } from '../dice.ts';
import type { FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

/** A model under construction. */
class Sketch {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: [string, Tensor | OnnxTensor][] = [];
  readonly dice: Dice;
  /** Values that a node may read. */
  readonly values: string[] = [];

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** Adds a node of one output. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): void {
    const output = `v${this.nodes.length}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    this.values.push(output);
  }

  /** A constant list of integers. */
  ints(values: readonly number[]): string {
    const name = `c${this.initializers.length}`;
    const int64s = values.map((v) => BigInt(v));
    this.initializers.push([name, { dataType: 7, dims: [values.length], int64s }]);
    return name;
  }

  value(): string {
    return this.dice.chance(0.7) ? (this.values.at(-1) ?? '') : this.dice.pick(this.values);
  }

  /** A list of extents, strides, axes … */
  extents(count = this.dice.int(0, 4)): number[] {
    return Array.from({ length: count }, () => this.dice.extent());
  }
}

const CONSTANT = tensorOf(
  'float32',
  [1, 2, 3, 3],
  Array.from({ length: 18 }, (_, i) => i - 9),
);

/** Ways to add a node. */
const NODES: readonly ((s: Sketch) => void)[] = [
  (s) => s.node('ConstantOfShape', [s.ints(s.extents())]),
  (s) => s.node('Expand', [s.value(), s.ints(s.extents())]),
  (s) => s.node('Tile', [s.value(), s.ints(s.extents(4))]),
  (s) => s.node('Reshape', [s.value(), s.ints(s.extents())]),
  (s) => s.node('Pad', [s.value(), s.ints(s.extents(8))]),
  (s) => s.node('Slice', [s.value(), s.ints(s.extents(2)), s.ints(s.extents(2))]),
  (s) => s.node('Gather', [s.value(), s.ints(s.extents())], { axis: { i: s.dice.int(-1, 3) } }),
  (s) =>
    s.node('Transpose', [s.value()], {
      perm: {
        ints: s.dice.pick([
          [0, 2, 3, 1],
          [3, 2, 1, 0],
          [0, 1],
          [0, 0, 1, 2],
        ]),
      },
    }),
  (s) =>
    s.node(
      'Concat',
      Array.from({ length: s.dice.pick([1, 2, 200]) }, () => s.value()),
      { axis: { i: s.dice.int(-1, 3) } },
    ),
  (s) => s.node(s.dice.pick(['MaxPool', 'AveragePool']), [s.value()], window(s)),
  (s) => s.node('Conv', [s.value(), s.value()], window(s)),
  (s) => s.node('ConvTranspose', [s.value(), s.value()], window(s)),
  (s) => s.node('MatMul', [s.value(), s.value()]),
  (s) => s.node(s.dice.pick(['Add', 'Mul', 'Div', 'Max', 'Pow']), [s.value(), s.value()]),
  (s) => s.node(s.dice.pick(['Relu', 'Exp', 'Softmax', 'Shape', 'Size', 'NonZero', 'Flatten', 'Not']), [s.value()]),
  (s) => s.node(s.dice.pick(['ReduceSum', 'Unsqueeze', 'Squeeze']), [s.value(), s.ints(s.extents(2))]),
  (s) => s.node('Resize', [s.value(), '', '', s.ints(s.extents(4))]),
  (s) => s.node('Cast', [s.value()], { to: { i: s.dice.int(0, 24) } }),
  (s) => s.node('Range', [s.ints(s.extents(1)), s.ints(s.extents(1)), s.ints(s.extents(1))]),
  (s) => s.node('TopK', [s.value(), s.ints(s.extents(1))], { axis: { i: s.dice.int(-1, 3) } }),
];

function window(s: Sketch): Record<string, OnnxAttribute> {
  const all = {
    kernel_shape: { ints: s.extents(2) },
    strides: { ints: s.extents(2) },
    pads: { ints: s.extents(4) },
    dilations: { ints: s.extents(2) },
    group: { i: s.dice.extent() },
  };
  const kept = Object.entries(all).filter(([name]) => name === 'kernel_shape' || s.dice.chance(0.3));
  return Object.fromEntries(kept);
}

function noFile(file: string): Promise<never> {
  return Promise.reject(new LoadError('there is no such file', { file }));
}

/** Draws a model. */
export function modelOf(dice: Dice): Uint8Array {
  const s = new Sketch(dice);
  const onConstants = dice.chance(0.5);
  s.initializers.push(['k', CONSTANT]);
  s.values.push(onConstants ? 'k' : 'x');
  for (let n = dice.int(1, 6); n > 0; n--) dice.pick(NODES)(s);
  const inputs = onConstants ? [] : ([{ name: 'x', dtype: 'float32', shape: [1, 2, 3, 3] }] as const);
  return encodeModel({
    opset: 13,
    inputs,
    outputs: [s.values.at(-1) ?? ''],
    nodes: s.nodes,
    initializers: s.initializers,
  });
}

/** The target: bytes say what is drawn. */
export const generated: FuzzTarget = {
  seeds: [],
  mutators: [],
  run: (bytes, settings) => {
    const main = { name: 'model.onnx', bytes: modelOf(Dice.of(bytes)) };
    return inspectModel({ main, read: noFile }, settings);
  },
};
