/** Writes layers as ONNX the way PyTorch exports them: channels first, nothing to clean up before it runs. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, range } from '../../src/util/arrays.ts';
import { encodeModel, type OnnxAttributes, type OnnxNodeSpec } from '../../src/formats/onnx/write/model.ts';
import type { Fused, Layer, LayerNet, Map2d } from './layers.ts';

/** Old enough for every version of onnxruntime-web, new enough for Clip's limits and Split's sizes as inputs. */
const OPSET = 17;

/** The bytes of an ONNX file. Its input and output keep their names; the input is `[N, C, H, W]`. */
export function toOnnxFile(net: LayerNet): Uint8Array {
  const writer = new Writer();
  for (const layer of net.layers) writer.layer(layer);
  return encodeModel({
    opset: OPSET,
    irVersion: 8,
    producer: 'tilewise bench',
    name: net.name,
    inputs: [{ name: net.input.name, dtype: 'float32', shape: channelsFirst(net.input) }],
    outputs: [{ name: net.output.name, dtype: 'float32', shape: net.output.shape }],
    nodes: writer.nodes,
    initializers: writer.initializers,
  });
}

class Writer {
  readonly nodes: OnnxNodeSpec[] = [];
  readonly initializers: [string, Tensor][] = [];

  layer(layer: Layer): void {
    switch (layer.kind) {
      case 'conv':
        return this.#conv(layer);
      case 'maxPool':
        return this.#emit('MaxPool', [layer.x.name], layer.y.name, window(layer));
      case 'add':
        return this.#activated('Add', [layer.a.name, layer.b.name], layer);
      case 'average': {
        const pooled = `${layer.y.name}_pooled`;
        this.#emit('GlobalAveragePool', [layer.x.name], pooled);
        return this.#emit('Flatten', [pooled], layer.y.name, { axis: { i: 1 } });
      }
      case 'linear': {
        const weights = this.#constant(`${layer.y.name}_weight`, layer.weights);
        const inputs = [layer.x.name, weights, this.#vector(`${layer.y.name}_bias`, layer.bias)];
        return this.#emit('Gemm', inputs, layer.y.name, { transB: { i: 1 } });
      }
      case 'concat':
        return this.#emit(
          'Concat',
          layer.inputs.map((x) => x.name),
          layer.y.name,
          { axis: { i: 1 } },
        );
      case 'split':
        return this.#split(layer);
      case 'shuffle':
        return this.#shuffle(layer);
    }
  }

  #conv(layer: Extract<Layer, { kind: 'conv' }>): void {
    const name = layer.y.name;
    const inputs = [
      layer.x.name,
      this.#constant(`${name}_weight`, outputsFirst(layer.weights)),
      this.#vector(`${name}_bias`, layer.bias),
    ];
    this.#activated('Conv', inputs, layer, { ...window(layer), group: { i: layer.group } });
  }

  #split({ x, outputs }: Extract<Layer, { kind: 'split' }>): void {
    const sizes = outputs.map((part) => at(part.shape, 3));
    const inputs = [x.name, this.#ints(`${x.name}_sizes`, sizes)];
    const names = outputs.map((part) => part.name);
    this.nodes.push({ op: 'Split', name: `${x.name}_split`, inputs, outputs: names, attributes: { axis: { i: 1 } } });
  }

  #shuffle({ x, y, groups }: Extract<Layer, { kind: 'shuffle' }>): void {
    const [n = 0, c = 0, h = 0, w = 0] = channelsFirst(x);
    const [parted, swapped] = [`${y.name}_parted`, `${y.name}_swapped`];
    this.#emit('Reshape', [x.name, this.#ints(`${parted}_shape`, [n, groups, c / groups, h, w])], parted);
    this.#emit('Transpose', [parted], swapped, { perm: { ints: [0, 2, 1, 3, 4] } });
    this.#emit('Reshape', [swapped, this.#ints(`${swapped}_shape`, [n, c, h, w])], y.name);
  }

  #activated(
    op: string,
    inputs: readonly string[],
    { y, activation }: { y: Map2d; activation: Fused },
    attributes: OnnxAttributes = {},
  ): void {
    if (activation === 'none') return this.#emit(op, inputs, y.name, attributes);
    const linear = `${y.name}_linear`;
    this.#emit(op, inputs, linear, attributes);
    if (activation === 'relu') return this.#emit('Relu', [linear], y.name);
    const limits = [0, 6].map((v) => this.#constant(`${y.name}_limit${v}`, tensorOf('float32', [], [v])));
    this.#emit('Clip', [linear, ...limits], y.name);
  }

  #emit(op: string, inputs: readonly string[], output: string, attributes: OnnxAttributes = {}): void {
    this.nodes.push({ op, name: `${op}_${this.nodes.length}`, inputs, outputs: [output], attributes });
  }

  #constant(name: string, value: Tensor): string {
    this.initializers.push([name, value]);
    return name;
  }

  #vector(name: string, data: Float32Array): string {
    return this.#constant(name, { dtype: 'float32', shape: [data.length], data });
  }

  #ints(name: string, values: readonly number[]): string {
    return this.#constant(name, tensorOf('int64', [values.length], values));
  }
}

function window({ kernel, strides, pads }: Extract<Layer, { kind: 'conv' | 'maxPool' }>): OnnxAttributes {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    pads: { ints: pads },
    dilations: { ints: [1, 1] },
  };
}

/** `[N, H, W, C]` → `[N, C, H, W]`. */
export function channelsFirst({ shape: [n = 0, h = 0, w = 0, c = 0] }: Pick<Map2d, 'shape'>): number[] {
  return [n, c, h, w];
}

/** `[kH, kW, in, out]` → `[out, in, kH, kW]`. */
function outputsFirst({ shape, data }: Tensor): Tensor {
  const [kH = 0, kW = 0, inC = 0, outC = 0] = shape;
  const moved = new Float32Array(data.length);
  let to = 0;
  for (const o of range(outC)) {
    for (const i of range(inC)) {
      for (const k of range(kH * kW)) moved[to++] = data[(k * inC + i) * outC + o] ?? 0;
    }
  }
  return { dtype: 'float32', shape: [outC, inC, kH, kW], data: moved };
}
