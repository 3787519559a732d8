/** Small networks as onnxruntime's `quantize_dynamic` writes them: activations are quantised by a run, weights once. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import type { OnnxModel, OnnxNode } from './onnx-bytes.ts';
import { randomSource } from './random.ts';

/** Nodes and constants of a network in the making. */
class DynamicNetwork {
  readonly nodes: OnnxNode[] = [];
  readonly constants: [string, Tensor][] = [];
  readonly #random = randomSource(7);
  #made = 0;

  add(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}, count = 1): string[] {
    const name = `${op}_${this.#made++}`;
    const outputs = range(count).map((i) => `${name}_${i}`);
    this.nodes.push({ op, name, inputs, outputs, attributes });
    return outputs;
  }

  one(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    return at(this.add(op, inputs, attributes), 0);
  }

  constant(t: Tensor): string {
    const name = `c_${this.#made++}`;
    this.constants.push([name, t]);
    return name;
  }

  /** Weights in eight bits, their scale and their zero point. */
  weights(shape: readonly number[], dtype: 'int8' | 'uint8'): [string, string, string] {
    const low = dtype === 'int8' ? -128 : 0;
    const values = range(product(shape)).map(() => low + Math.floor(this.#random() * 256));
    const scale = Math.fround(2 / 255 / Math.sqrt(product(shape.slice(1))));
    return [
      this.constant(tensorOf(dtype, shape, values)),
      this.constant(tensorOf('float32', [], [scale])),
      this.constant(tensorOf(dtype, [], [low + 131])),
    ];
  }

  bias(shape: readonly number[]): string {
    return this.constant(
      tensorOf(
        'float32',
        shape,
        range(product(shape)).map(() => Math.fround(this.#random() - 0.5)),
      ),
    );
  }

  /** What is behind a product of integers: its sums as floats, times both scales, and a bias. */
  scaled(sums: string, scales: readonly string[], bias: string): string {
    const real = this.one('Cast', [sums], { to: { i: 1 } });
    return this.one('Add', [this.one('Mul', [real, this.one('Mul', scales)]), bias]);
  }

  conv(x: string, shape: readonly number[], dtype: 'int8' | 'uint8', attributes: OnnxNode['attributes']): string {
    const [y, scale, zero] = this.add('DynamicQuantizeLinear', [x], {}, 3) as [string, string, string];
    const [w, wScale, wZero] = this.weights(shape, dtype);
    const sums = this.one('ConvInteger', [y, w, zero, wZero], attributes);
    return this.scaled(sums, [scale, wScale], this.bias([1, at(shape, 0), 1, 1]));
  }

  matMul(x: string, [depth, columns]: readonly [number, number], dtype: 'int8' | 'uint8'): string {
    const [y, scale, zero] = this.add('DynamicQuantizeLinear', [x], {}, 3) as [string, string, string];
    const [w, wScale, wZero] = this.weights([depth, columns], dtype);
    const sums = this.one('MatMulInteger', [y, w, zero, wZero]);
    return this.scaled(sums, [scale, wScale], this.bias([columns]));
  }

  model(shape: readonly (number | string)[], y: string): OnnxModel {
    return {
      opset: 13,
      inputs: [{ name: 'x', dtype: 'float32', shape }],
      outputs: [{ name: y, dtype: 'float32' }],
      nodes: this.nodes,
      initializers: this.constants,
    };
  }
}

/** Three layers on rows of 24. */
export function dynamicMlp(): OnnxModel {
  const net = new DynamicNetwork();
  const first = net.one('Relu', [net.matMul('x', [24, 37], 'int8')]);
  const second = net.one('Relu', [net.matMul(first, [37, 16], 'uint8')]);
  return net.model(['n', 24], net.matMul(second, [16, 5], 'int8'));
}

/** Convolutions of pictures of 3 channels: padded, depthwise, pointwise with a residual, grouped; then a classifier. */
export function dynamicCnn(): OnnxModel {
  const net = new DynamicNetwork();
  const pads = { pads: { ints: [1, 1, 1, 1] } };
  const stem = net.one('Relu', [net.conv('x', [16, 3, 3, 3], 'uint8', { ...pads, strides: { ints: [2, 2] } })]);
  const deep = net.one('Relu', [net.conv(stem, [16, 1, 3, 3], 'int8', { ...pads, group: { i: 16 } })]);
  const point = net.one('Add', [net.conv(deep, [16, 16, 1, 1], 'uint8', {}), stem]);
  const grouped = net.one('Relu', [
    net.conv(point, [10, 8, 3, 3], 'int8', { pads: { ints: [0, 1, 2, 1] }, group: { i: 2 } }),
  ]);
  const pooled = net.one('Flatten', [net.one('GlobalAveragePool', [grouped])], { axis: { i: 1 } });
  return net.model(['n', 3, 'h', 'w'], net.matMul(pooled, [10, 7], 'uint8'));
}
