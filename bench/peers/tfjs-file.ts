/**
 * Writes layers as a TensorFlow.js graph model, with the fused operators its own converter leaves after optimisation:
 * _FusedConv2D, FusedDepthwiseConv2dNative and _FusedMatMul.
 */
import { InputError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { at, range } from '../../src/util/arrays.ts';
import type { Fused, Layer, LayerNet, Map2d } from './layers.ts';

/** A model.json and its one shard, `weights.bin`. */
export interface TfjsFiles {
  readonly json: Uint8Array;
  readonly weights: Uint8Array;
}

/** The only shard's name. */
export const TFJS_SHARD = 'weights.bin';

/** The files of a graph model. Input and output keep their names. Throws InputError on a grouped convolution. */
export function toTfjsFiles(net: LayerNet): TfjsFiles {
  const writer = new Writer();
  writer.placeholder(net.input);
  for (const layer of net.layers) writer.layer(layer);
  const json = {
    format: 'graph-model',
    generatedBy: 'tilewise bench',
    modelTopology: { node: writer.nodes, library: {}, versions: { producer: 1087 } },
    signature: { inputs: { x: info(net.input) }, outputs: { y: info(net.output) } },
    weightsManifest: [{ paths: [TFJS_SHARD], weights: writer.manifest }],
  };
  return { json: new TextEncoder().encode(JSON.stringify(json)), weights: writer.bytes() };
}

type Attr = Readonly<Record<string, unknown>>;
type Sliding = Extract<Layer, { kind: 'conv' | 'maxPool' }>;

/** Attribute values as protobuf's JSON form has them: strings base64, 64-bit integers as text. */
const attr = {
  int: (value: number): Attr => ({ i: String(value) }),
  bool: (value: boolean): Attr => ({ b: value }),
  text: (value: string): Attr => ({ s: btoa(value) }),
  type: (value: string): Attr => ({ type: value }),
  ints: (values: readonly number[]): Attr => ({ list: { i: values.map(String) } }),
  texts: (values: readonly string[]): Attr => ({ list: { s: values.map((v) => btoa(v)) } }),
};

const FUSED_NAME: Readonly<Record<Exclude<Fused, 'none'>, string>> = { relu: 'Relu', relu6: 'Relu6' };

class Writer {
  readonly nodes: unknown[] = [];
  readonly manifest: { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[] = [];
  readonly #parts: Uint8Array[] = [];
  /** Outputs of Split by their names in the layers: `split:1`. */
  readonly #refs = new Map<string, string>();

  placeholder({ name, shape }: Map2d): void {
    this.#node('Placeholder', [], name, { dtype: attr.type('DT_FLOAT'), shape: { shape: shapeProto(shape) } });
  }

  layer(layer: Layer): void {
    switch (layer.kind) {
      case 'conv':
        return this.#conv(layer);
      case 'maxPool':
        return this.#maxPool(layer);
      case 'add':
        return this.#add(layer);
      case 'average': {
        const axes = this.#ints(`${layer.y.name}/axes`, [1, 2]);
        return this.#typed('Mean', [this.#ref(layer.x), axes], layer.y.name, { keep_dims: attr.bool(false) });
      }
      case 'linear':
        return this.#linear(layer);
      case 'concat': {
        const axis = this.#scalar(`${layer.y.name}/axis`, 3);
        const inputs = [...layer.inputs.map((x) => this.#ref(x)), axis];
        return this.#typed('ConcatV2', inputs, layer.y.name, { N: attr.int(layer.inputs.length) });
      }
      case 'split': {
        const name = `${layer.x.name}/split`;
        const inputs = [this.#scalar(`${name}/axis`, 3), this.#ref(layer.x)];
        this.#typed('Split', inputs, name, { num_split: attr.int(layer.outputs.length) });
        layer.outputs.forEach((part, i) => this.#refs.set(part.name, i === 0 ? name : `${name}:${i}`));
        return undefined;
      }
      case 'shuffle':
        return this.#shuffle(layer);
    }
  }

  /** All weights, in the order of the manifest. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.#parts.reduce((sum, p) => sum + p.byteLength, 0));
    let offset = 0;
    for (const part of this.#parts) {
      all.set(part, offset);
      offset += part.byteLength;
    }
    return all;
  }

  #conv(layer: Extract<Layer, { kind: 'conv' }>): void {
    const { x, y, weights, bias, group, activation } = layer;
    const channels = at(x.shape, 3);
    if (group !== 1 && (group !== channels || at(weights.shape, 3) !== channels)) {
      throw new InputError(`TensorFlow.js has no convolution of ${group} groups`);
    }
    const [kH = 0, kW = 0, inC = 0, outC = 0] = weights.shape;
    const shape = group === 1 ? [kH, kW, inC, outC] : [kH, kW, channels, 1];
    const filter = this.#constant(`${y.name}/filter`, { ...weights, shape });
    const fusedOps = ['BiasAdd', ...(activation === 'none' ? [] : [FUSED_NAME[activation]])];
    const op = group === 1 ? '_FusedConv2D' : 'FusedDepthwiseConv2dNative';
    this.#typed(op, [this.#ref(x), filter, this.#vector(`${y.name}/bias`, bias)], y.name, {
      ...windowAttributes(layer),
      dilations: attr.ints([1, 1, 1, 1]),
      fused_ops: attr.texts(fusedOps),
      num_args: attr.int(1),
    });
  }

  /** TensorFlow's pools know only SAME and VALID; what they are padded with must never win. */
  #maxPool(layer: Extract<Layer, { kind: 'maxPool' }>): void {
    const { x, y, kernel } = layer;
    const [top, left, bottom, right] = layer.pads;
    let from = this.#ref(x);
    const implied = paddingName(layer);
    if (implied === 'EXPLICIT') {
      const pads = this.#ints(`${y.name}/pads`, [0, 0, top, bottom, left, right, 0, 0], [4, 2]);
      const lowest = this.#vector(`${y.name}/lowest`, Float32Array.of(-3.4028235e38), []);
      this.#typed('PadV2', [from, pads, lowest], `${y.name}/padded`);
      from = `${y.name}/padded`;
    }
    this.#typed('MaxPool', [from], y.name, {
      ...windowAttributes(layer),
      explicit_paddings: attr.ints([]),
      padding: attr.text(implied === 'EXPLICIT' ? 'VALID' : implied),
      ksize: attr.ints([1, ...kernel, 1]),
    });
  }

  #add({ a, b, y, activation }: Extract<Layer, { kind: 'add' }>): void {
    const inputs = [this.#ref(a), this.#ref(b)];
    if (activation === 'none') return this.#typed('AddV2', inputs, y.name);
    this.#typed('AddV2', inputs, `${y.name}/sum`);
    this.#typed(FUSED_NAME[activation], [`${y.name}/sum`], y.name);
  }

  #linear({ x, y, weights, bias }: Extract<Layer, { kind: 'linear' }>): void {
    const [outC = 0, inC = 0] = weights.shape;
    const data = new Float32Array(weights.data.length);
    for (const o of range(outC)) for (const i of range(inC)) data[i * outC + o] = weights.data[o * inC + i] ?? 0;
    const kernel = this.#constant(`${y.name}/kernel`, { dtype: 'float32', shape: [inC, outC], data });
    this.#typed('_FusedMatMul', [this.#ref(x), kernel, this.#vector(`${y.name}/bias`, bias)], y.name, {
      transpose_a: attr.bool(false),
      transpose_b: attr.bool(false),
      fused_ops: attr.texts(['BiasAdd']),
      num_args: attr.int(1),
    });
  }

  /** Rank 4, with the plane as one dimension: fewer indices than the rank 5 a Keras model would have. */
  #shuffle({ x, y, groups }: Extract<Layer, { kind: 'shuffle' }>): void {
    const [n = 0, h = 0, w = 0, c = 0] = x.shape;
    const [parted, swapped] = [`${y.name}/parted`, `${y.name}/swapped`];
    this.#typed('Reshape', [this.#ref(x), this.#ints(`${parted}/shape`, [n, h * w, groups, c / groups])], parted);
    this.#typed('Transpose', [parted, this.#ints(`${swapped}/perm`, [0, 1, 3, 2])], swapped);
    this.#typed('Reshape', [swapped, this.#ints(`${y.name}/shape`, [n, h, w, c])], y.name);
  }

  #ref({ name }: Map2d): string {
    return this.#refs.get(name) ?? name;
  }

  #typed(op: string, inputs: readonly string[], name: string, attributes: Readonly<Record<string, Attr>> = {}): void {
    this.#node(op, inputs, name, { T: attr.type('DT_FLOAT'), ...attributes });
  }

  #node(op: string, input: readonly string[], name: string, attributes: Readonly<Record<string, Attr>>): void {
    this.nodes.push({ name, op, input, attr: attributes });
  }

  #constant(name: string, { dtype, shape, data }: Tensor): string {
    this.manifest.push({ name, shape, dtype });
    this.#parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const value = { tensor: { dtype: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT', tensorShape: shapeProto(shape) } };
    this.#node('Const', [], name, { dtype: attr.type(value.tensor.dtype), value });
    return name;
  }

  #vector(name: string, data: Float32Array, shape: readonly number[] = [data.length]): string {
    return this.#constant(name, { dtype: 'float32', shape, data });
  }

  #ints(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant(name, { dtype: 'int32', shape, data: Int32Array.from(values) });
  }

  #scalar(name: string, value: number): string {
    return this.#ints(name, [value], []);
  }
}

/** SAME where TensorFlow's rule gives exactly these pads, VALID where there are none, else EXPLICIT. */
export function paddingName({ x, kernel, strides, pads }: Sliding): 'SAME' | 'VALID' | 'EXPLICIT' {
  if (pads.every((p) => p === 0)) return 'VALID';
  const same = [0, 1].every((axis) => {
    const extent = at(x.shape, axis + 1);
    const [k, s] = [at(kernel, axis), at(strides, axis)];
    const total = Math.max(0, (Math.ceil(extent / s) - 1) * s + k - extent);
    return at(pads, axis) === Math.floor(total / 2) && at(pads, axis + 2) === Math.ceil(total / 2);
  });
  return same ? 'SAME' : 'EXPLICIT';
}

function windowAttributes(layer: Sliding): Readonly<Record<string, Attr>> {
  const padding = paddingName(layer);
  const [top, left, bottom, right] = layer.pads;
  return {
    strides: attr.ints([1, ...layer.strides, 1]),
    padding: attr.text(padding),
    explicit_paddings: attr.ints(padding === 'EXPLICIT' ? [0, 0, top, bottom, left, right, 0, 0] : []),
    data_format: attr.text('NHWC'),
  };
}

function shapeProto(shape: readonly number[]): { dim: { size: string }[] } {
  return { dim: shape.map((d) => ({ size: String(d) })) };
}

function info({ name, shape }: Map2d): unknown {
  return { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeProto(shape) };
}
