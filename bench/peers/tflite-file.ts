/**
 * Writes layers as a TFLite model: fused activations, SAME or VALID where TensorFlow's rule gives the padding, else a PAD
 * of its own, which is what TensorFlow's converter leaves too and what delegates fold into the convolution.
 */
import { InputError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import type { Layer, LayerNet, Map2d } from './layers.ts';
import { quantisedTflite, type Ranges } from './quantised-tflite.ts';
import { paddingName } from './tfjs-file.ts';
import { FUSED_ACTIVATIONS, PADDINGS } from '../../src/formats/tflite/schema.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenOperator, WrittenOptions, WrittenTensor } from '../../src/formats/tflite/write/file.ts';

const VALID = PADDINGS.indexOf('VALID');

/** Codes of the activations that layers have. */
const ACTIVATION = { none: 'NONE', relu: 'RELU', relu6: 'RELU6' } as const;

/**
 * The bytes of a `.tflite` file, on integers where the ranges of its feature maps are given. Input and output keep their names.
 * Throws InputError on a grouped convolution.
 */
export function toTfliteFile(net: LayerNet, ranges?: Ranges): Uint8Array {
  const writer = new Writer();
  const input = writer.map(net.input);
  for (const layer of net.layers) writer.layer(layer);
  const output = writer.map(net.output);
  const plain = { tensors: writer.tensors, operators: writer.operators, input, output };
  const written = ranges ? quantisedTflite(plain, ranges) : plain;
  const { tensors, operators } = written;
  const subgraphs = [{ tensors, operators, inputs: [written.input], outputs: [written.output] }];
  return encodeTflite({ description: net.name, subgraphs });
}

type Sliding = Extract<Layer, { kind: 'conv' | 'maxPool' }>;

class Writer {
  readonly tensors: WrittenTensor[] = [];
  readonly operators: WrittenOperator[] = [];
  readonly #index = new Map<string, number>();
  /** Maps that come out of a ReLU: padding them with zero leaves a maximum as it is. */
  readonly #nonNegative = new Set<string>();

  /** The tensor of a feature map; made when first asked for. */
  map({ name, shape }: Map2d): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    const made = this.tensors.push({ name, type: 'float32', shape }) - 1;
    this.#index.set(name, made);
    return made;
  }

  layer(layer: Layer): void {
    if ('activation' in layer && layer.activation !== 'none') this.#nonNegative.add(layer.y.name);
    switch (layer.kind) {
      case 'conv':
        return this.#conv(layer);
      case 'maxPool': {
        const { x, padding } = this.#padded(layer, !this.#nonNegative.has(layer.x.name));
        return this.#operator('MAX_POOL_2D', [x], layer.y, [
          'Pool2D',
          { padding, ...strides(layer), filterH: at(layer.kernel, 0), filterW: at(layer.kernel, 1) },
        ]);
      }
      case 'add': {
        const inputs = [this.map(layer.a), this.map(layer.b)];
        return this.#operator('ADD', inputs, layer.y, ['Add', { activation: code(layer.activation) }]);
      }
      case 'average': {
        const axes = this.#ints(`${layer.y.name}/axes`, [1, 2]);
        return this.#operator('MEAN', [this.map(layer.x), axes], layer.y, ['Reducer', { keepDims: false }]);
      }
      case 'linear': {
        const weights = this.#constant(`${layer.y.name}/weights`, layer.weights);
        const inputs = [this.map(layer.x), weights, this.#vector(`${layer.y.name}/bias`, layer.bias)];
        return this.#operator('FULLY_CONNECTED', inputs, layer.y, ['FullyConnected', {}]);
      }
      case 'concat': {
        const inputs = layer.inputs.map((x) => this.map(x));
        return this.#operator('CONCATENATION', inputs, layer.y, ['Concatenation', { axis: 3 }]);
      }
      case 'split': {
        const inputs = [this.#ints(`${layer.x.name}/axis`, [3], []), this.map(layer.x)];
        const outputs = layer.outputs.map((part) => this.map(part));
        this.operators.push({ op: 'SPLIT', inputs, outputs, options: ['Split', { numSplits: outputs.length }] });
        return undefined;
      }
      case 'shuffle':
        return this.#shuffle(layer);
    }
  }

  #conv(layer: Extract<Layer, { kind: 'conv' }>): void {
    const { x, padding } = this.#padded(layer, false);
    const { y, weights, group } = layer;
    const channels = at(layer.x.shape, 3);
    const bias = this.#vector(`${y.name}/bias`, layer.bias);
    const options = { padding, ...strides(layer), activation: code(layer.activation) };
    if (group === 1) {
      const filter = this.#constant(`${y.name}/filter`, outputsFirst(weights));
      return this.#operator('CONV_2D', [x, filter, bias], y, ['Conv2D', options]);
    }
    if (group !== channels || at(weights.shape, 3) !== channels) {
      throw new InputError(`TFLite's delegates have no convolution of ${group} groups`);
    }
    const filter = this.#constant(`${y.name}/filter`, { ...weights, shape: [1, ...layer.kernel, channels] });
    this.#operator('DEPTHWISE_CONV_2D', [x, filter, bias], y, ['DepthwiseConv2D', { ...options, multiplier: 1 }]);
  }

  /** The input of a window operator and its padding code; emits a PAD where neither SAME nor VALID says it. */
  #padded(layer: Sliding, lowest: boolean): { readonly x: number; readonly padding: number } {
    const name = paddingName(layer);
    const x = this.map(layer.x);
    if (name !== 'EXPLICIT') return { x, padding: PADDINGS.indexOf(name) };
    const [n = 0, h = 0, w = 0, c = 0] = layer.x.shape;
    const [top, left, bottom, right] = layer.pads;
    const padded = { name: `${layer.y.name}/padded`, shape: [n, h + top + bottom, w + left + right, c] };
    const pads = this.#ints(`${padded.name}/pads`, [0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    if (lowest) {
      const value = this.#vector(`${padded.name}/value`, Float32Array.of(-3.4028235e38));
      this.#operator('PADV2', [x, pads, value], padded);
    } else {
      this.#operator('PAD', [x, pads], padded);
    }
    return { x: this.map(padded), padding: VALID };
  }

  /** Rank 4, with the plane as one dimension: the GPU delegate has no tensors of rank 5. */
  #shuffle({ x, y, groups }: Extract<Layer, { kind: 'shuffle' }>): void {
    const [n = 0, h = 0, w = 0, c = 0] = x.shape;
    const parted = { name: `${y.name}/parted`, shape: [n, h * w, groups, c / groups] };
    const swapped = { name: `${y.name}/swapped`, shape: [n, h * w, c / groups, groups] };
    this.#reshape(this.map(x), parted);
    const perm = this.#ints(`${swapped.name}/perm`, [0, 1, 3, 2]);
    this.#operator('TRANSPOSE', [this.map(parted), perm], swapped);
    this.#reshape(this.map(swapped), y);
  }

  #reshape(x: number, y: Map2d): void {
    this.#operator('RESHAPE', [x, this.#ints(`${y.name}/shape`, y.shape)], y);
  }

  #operator(op: string, inputs: readonly number[], y: Map2d, options?: WrittenOptions): void {
    this.operators.push({ op, inputs, outputs: [this.map(y)], ...(options ? { options } : {}) });
  }

  #constant(name: string, { dtype, shape, data }: Tensor): number {
    const type = dtype === 'int32' ? 'int32' : 'float32';
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return this.tensors.push({ name, type, shape, data: bytes }) - 1;
  }

  #vector(name: string, data: Float32Array): number {
    return this.#constant(name, { dtype: 'float32', shape: [data.length], data });
  }

  #ints(name: string, values: readonly number[], shape: readonly number[] = [values.length]): number {
    return this.#constant(name, { dtype: 'int32', shape, data: Int32Array.from(values) });
  }
}

function strides({ strides: [strideH, strideW] }: Sliding): { strideH: number; strideW: number } {
  return { strideH, strideW };
}

function code(activation: keyof typeof ACTIVATION): number {
  return FUSED_ACTIVATIONS.indexOf(ACTIVATION[activation]);
}

/** `[kH, kW, in, out]` → `[out, kH, kW, in]`. */
function outputsFirst({ shape, data }: Tensor): Tensor {
  const [outC, rest] = [at(shape, 3), product(shape.slice(0, 3))];
  const moved = new Float32Array(data.length);
  for (const o of range(outC)) for (let i = 0; i < rest; i++) moved[o * rest + i] = data[i * outC + o] ?? 0;
  return { dtype: 'float32', shape: [outC, ...shape.slice(0, 3)], data: moved };
}
