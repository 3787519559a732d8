/** Small ONNX networks as quantisers write them: every value is quantised and dequantised before the next operator reads it. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { Dice } from '../fuzz/dice.ts';
import type { OnnxAttribute, OnnxModel, OnnxNode } from './onnx-bytes.ts';
import { rangeOf, type Byte } from './quantised-case.ts';
import { randomSource } from './random.ts';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** A dequantised value, and what its integers stand for. */
interface Real {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scale: number;
}

/** Adds nodes behind each other, with QuantizeLinear and DequantizeLinear between. */
export class QdqNetwork {
  readonly d: Dice;
  readonly type: Byte;
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: [string, Tensor][] = [];
  #count = 0;

  constructor(seed: number) {
    this.d = new Dice(randomSource(seed));
    this.type = this.d.pick(['uint8', 'int8'] as const);
  }

  name(stem: string): string {
    return `${stem}${this.#count++}`;
  }

  constant(tensor: Tensor): string {
    const name = this.name('c');
    this.#constants.push([name, tensor]);
    return name;
  }

  ints(...values: readonly number[]): string {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  /** A node with one output. */
  op(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.name(op);
    this.#nodes.push({ op, name: `${output}_node`, inputs, outputs: [output], attributes });
    return output;
  }

  /** Parts along the channels. */
  split(value: string, sizes: readonly number[]): string[] {
    const outputs = sizes.map(() => this.name('part'));
    const inputs = [value, this.ints(...sizes)];
    this.#nodes.push({ op: 'Split', name: `${outputs[0]}_node`, inputs, outputs, attributes: { axis: { i: 1 } } });
    return outputs;
  }

  /** Quantised and dequantised. */
  pair(value: string, shape: readonly number[], scale: number, zeroPoint = this.zero()): Real {
    const size = Math.fround(scale);
    const affine = [
      this.constant(tensorOf('float32', [], [size])),
      this.constant(tensorOf(this.type, [], [zeroPoint])),
    ];
    const integers = this.op('QuantizeLinear', [value, ...affine]);
    return { name: this.op('DequantizeLinear', [integers, ...affine]), shape, scale: size };
  }

  /** The same integers' meaning for a value that is moved: quantised again with what it has. */
  again(value: string, shape: readonly number[], scale: number, zeroPoint: number): Real {
    return this.pair(value, shape, scale, zeroPoint);
  }

  zero(): number {
    const [low, high] = rangeOf(this.type);
    return this.d.pick([low, low + 90, low + 128, high - 100]);
  }

  scale(): number {
    return 2 ** this.d.int(-6, -3) * this.d.pick([1, 1.3, 1.7]);
  }

  /** Dequantised weights `[M, …]` of one scale, or of one for each output channel along `axis`. */
  weights(shape: readonly number[], axis = 0): { name: string; scales: number[] } {
    const each = this.d.chance(0.6);
    const base = 2 ** this.d.int(-8, -6);
    const scales = range(each ? at(shape, axis) : 1).map(() => Math.fround(base * this.d.pick([1, 1.2, 0.8])));
    const type = this.type === 'uint8' && !each && this.d.chance(0.5) ? 'uint8' : 'int8';
    const [low, high] = rangeOf(type);
    const zero = type === 'uint8' ? this.d.int(100, 150) : 0;
    const integers = tensorOf(
      type,
      shape,
      range(product(shape)).map(() => this.d.int(low + 1, high)),
    );
    const dims = each ? [scales.length] : [];
    const inputs = [
      this.constant(integers),
      this.constant(tensorOf('float32', dims, scales)),
      this.constant(
        tensorOf(
          type,
          dims,
          scales.map(() => zero),
        ),
      ),
    ];
    return { name: this.op('DequantizeLinear', inputs, each ? { axis: { i: axis } } : {}), scales };
  }

  /** A bias: int32 of the scale that sums have. */
  bias(x: Real, scales: readonly number[], channels: number): string {
    const integers = tensorOf(
      'int32',
      [channels],
      range(channels).map(() => this.d.int(-2000, 2000)),
    );
    const own = scales.map((s) => Math.fround(x.scale * s));
    const dims = own.length === 1 ? [] : [own.length];
    const inputs = [this.constant(integers), this.constant(tensorOf('float32', dims, own))];
    return this.op('DequantizeLinear', inputs, own.length === 1 ? {} : { axis: { i: 0 } });
  }

  /** The file, whose input `x` is float32 and whose output is what `last` is. */
  model(input: readonly number[], last: Real): OnnxModel {
    return {
      opset: 17,
      inputs: [{ name: 'x', dtype: 'float32', shape: input }],
      outputs: [{ name: last.name, dtype: 'float32', shape: last.shape }],
      nodes: this.#nodes,
      initializers: this.#constants,
    };
  }
}

/** A network of one operator between integers; what comes out is compared in steps of its scale. */
export type Block = (net: QdqNetwork, x: Real) => Real;

function conv(net: QdqNetwork, x: Real, depthwise: boolean): Real {
  const { d } = net;
  const [n = 1, c = 1, h = 1, w = 1] = x.shape;
  const m = depthwise ? c : d.pick([4, 8, 5]);
  const kernel = d.pick([1, 3]);
  const weights = net.weights([m, depthwise ? 1 : c, kernel, kernel]);
  const stride = d.pick([1, 2]);
  const pad = (kernel - 1) / 2;
  const inputs = [x.name, weights.name, ...(d.chance(0.8) ? [net.bias(x, weights.scales, m)] : [])];
  const y = net.op('Conv', inputs, {
    group: { i: depthwise ? c : 1 },
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    kernel_shape: { ints: [kernel, kernel] },
  });
  const held = d.pick(['', 'Relu', 'Clip'] as const);
  const bounds = held === 'Clip' ? [0, 6].map((v) => net.constant(tensorOf('float32', [], [v]))) : [];
  const activated = held === '' ? y : net.op(held, [y, ...bounds]);
  const size = (extent: number): number => Math.ceil(extent / stride);
  return net.pair(activated, [n, m, size(h), size(w)], held === 'Clip' ? 6 / 255 : 0.1);
}

const same =
  (op: string, attributes: Attributes = {}): Block =>
  (net, x) =>
    net.pair(net.op(op, [x.name], attributes), x.shape, net.scale());

const binary =
  (op: 'Add' | 'Sub' | 'Mul'): Block =>
  (net, x) => {
    const shape = net.d.pick([x.shape, [1, at(x.shape, 1), 1, 1]]);
    const type = net.type;
    const [low, high] = rangeOf(type);
    const integers = tensorOf(
      type,
      shape,
      range(product(shape)).map(() => net.d.int(low, high)),
    );
    const affine = [tensorOf('float32', [], [net.scale()]), tensorOf(type, [], [net.zero()])];
    const other = net.op(
      'DequantizeLinear',
      [integers, ...affine].map((t) => net.constant(t)),
    );
    const [a, b] = net.d.chance(0.5) ? [x.name, other] : [other, x.name];
    return net.pair(net.op(op, [a, b]), x.shape, op === 'Mul' ? 0.03 : 0.09);
  };

/** Operators by what they are called here. */
export const QDQ_BLOCKS: Readonly<Record<string, Block>> = {
  convolution: (net, x) => conv(net, x, false),
  'depthwise convolution': (net, x) => conv(net, x, true),
  'transposed convolution': (net, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const weights = net.weights([c, 3, 2, 2], 1);
    const inputs = [x.name, weights.name, net.bias(x, weights.scales, 3)];
    const y = net.op('ConvTranspose', inputs, { strides: { ints: [2, 2] }, kernel_shape: { ints: [2, 2] } });
    return net.pair(y, [n, 3, 2 * h, 2 * w], 0.1);
  },
  classifier: (net, x) => {
    const [n = 1, c = 1] = x.shape;
    // No mean is a tie by this scale: a step of it, which 'mean' may be off by, would be several behind the product.
    const pooled = net.pair(net.op('GlobalAveragePool', [x.name]), [n, c, 1, 1], x.scale * 0.7137);
    const flat = net.again(net.op('Flatten', [pooled.name]), [n, c], pooled.scale, 0);
    const transB = net.d.chance(0.5);
    const weights = net.weights(transB ? [10, c] : [c, 10], transB ? 0 : 1);
    const inputs = [flat.name, weights.name, net.bias(flat, weights.scales, 10)];
    return net.pair(net.op('Gemm', inputs, { transB: { i: Number(transB) } }), [n, 10], 0.04);
  },
  'matrix product': (net, x) => {
    const w = at(x.shape, 3);
    const weights = net.weights([w, 6], 1);
    return net.pair(net.op('MatMul', [x.name, weights.name]), [...x.shape.slice(0, 3), 6], 0.07);
  },
  'product of two values': (net, x) => {
    const turned = net.op('Transpose', [x.name], { perm: { ints: [0, 1, 3, 2] } });
    const h = at(x.shape, 2);
    return net.pair(net.op('MatMul', [x.name, turned]), [...x.shape.slice(0, 3), h], 0.2);
  },
  addition: binary('Add'),
  subtraction: binary('Sub'),
  multiplication: binary('Mul'),
  'own product': (net, x) => {
    const gate = net.pair(net.op('Sigmoid', [x.name]), x.shape, 1 / 256);
    return net.pair(net.op('Mul', [x.name, gate.name]), x.shape, x.scale);
  },
  'hard swish of several nodes': (net, x) => {
    const [three, six, zero] = [3, 6, 0].map((v) => net.constant(tensorOf('float32', [], [v])));
    const held = net.op('Clip', [net.op('Add', [x.name, three ?? '']), zero ?? '', six ?? '']);
    return net.pair(net.op('Div', [net.op('Mul', [x.name, held]), six ?? '']), x.shape, x.scale);
  },
  sigmoid: same('Sigmoid'),
  tanh: same('Tanh'),
  'leaky relu': same('LeakyRelu', { alpha: { f: 0.2 } }),
  relu: same('Relu'),
  'hard sigmoid': same('HardSigmoid'),
  'hard swish': same('HardSwish'),
  'another scale': (net, x) => net.pair(x.name, x.shape, net.scale()),
  'average pool': (net, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const y = net.op('AveragePool', [x.name], { kernel_shape: { ints: [2, 2] }, pads: { ints: [1, 0, 0, 1] } });
    return net.pair(y, [n, c, h, w], x.scale);
  },
  mean: (net, x) => {
    const y = net.op('ReduceMean', [x.name], { axes: { ints: [2, 3] }, keepdims: { i: 0 } });
    return net.pair(y, x.shape.slice(0, 2), x.scale * 0.6);
  },
  softmax: (net, x) => net.pair(net.op('Softmax', [x.name], { axis: { i: 1 } }), x.shape, 1 / 256),
  'max pool': (net, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const y = net.op('MaxPool', [x.name], { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } });
    return net.pair(y, [n, c, h, w], net.scale());
  },
  concatenation: (net, x) => {
    const other = net.pair(net.op('Relu', [x.name]), x.shape, net.scale());
    const shape = x.shape.with(1, 2 * at(x.shape, 1));
    return net.pair(net.op('Concat', [x.name, other.name], { axis: { i: 1 } }), shape, net.scale());
  },
  'padding and slice': (net, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const padded = net.op('Pad', [x.name, net.ints(0, 0, 1, 2, 0, 0, 0, 1)]);
    const y = net.op('Slice', [padded, net.ints(1), net.ints(1000), net.ints(2)]);
    return net.pair(y, [n, c, h, w + 3], net.scale());
  },
  'nearest neighbours': (net, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const scales = net.constant(tensorOf('float32', [4], [1, 1, 2, 2]));
    const y = net.op('Resize', [x.name, '', scales], {
      mode: { s: 'nearest' },
      coordinate_transformation_mode: { s: 'asymmetric' },
      nearest_mode: { s: 'floor' },
    });
    return net.pair(y, [n, c, 2 * h, 2 * w], x.scale);
  },
  shuffle: (net, x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const parts = net.op('Reshape', [x.name, net.ints(n, 2, c / 2, h, w)]);
    const swapped = net.op('Transpose', [parts], { perm: { ints: [0, 2, 1, 3, 4] } });
    return net.pair(net.op('Reshape', [swapped, net.ints(n, c, h, w)]), x.shape, x.scale);
  },
  'parts added': (net, x) => {
    const c = at(x.shape, 1) / 2;
    const half = x.shape.with(1, c);
    const [a = '', b = ''] = net.split(x.name, [c, c]);
    const [left, right] = [net.pair(a, half, x.scale), net.pair(b, half, net.scale())];
    return net.pair(net.op('Add', [left.name, right.name]), half, 0.1);
  },
  'parametric relu': (net, x) => {
    const c = at(x.shape, 1);
    const [low, high] = rangeOf(net.type);
    const tensors = [
      tensorOf(
        net.type,
        [c, 1, 1],
        range(c).map(() => net.d.int(low, high)),
      ),
      tensorOf('float32', [], [2 ** -8]),
      tensorOf(net.type, [], [low + 100]),
    ];
    const slope = net.op(
      'DequantizeLinear',
      tensors.map((t) => net.constant(t)),
    );
    return net.pair(net.op('PRelu', [x.name, slope]), x.shape, net.scale());
  },
};

/** A network of one block on the network's quantised input. */
export function blockNetwork(block: string, seed: number): { model: OnnxModel; x: Tensor; step: number } {
  const net = new QdqNetwork(seed * 41 + Object.keys(QDQ_BLOCKS).indexOf(block));
  const shape = [net.d.pick([1, 2]), net.d.pick([4, 6, 8]), net.d.pick([5, 6]), net.d.pick([4, 7])];
  const x = net.pair('x', shape, net.scale());
  const last = QDQ_BLOCKS[block]?.(net, x) ?? x;
  const values = range(product(shape)).map(() => net.d.int(-140, 140) * x.scale * 0.9);
  return { model: net.model(shape, last), x: tensorOf('float32', shape, values), step: last.scale };
}
