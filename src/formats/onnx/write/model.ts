/** An ONNX model as plain data, and its bytes. Field numbers are those of onnx.proto (IR version 3 and later). */
import type { DType } from '../../../core/dtype.ts';
import { toRaw } from '../../../core/raw.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Dim } from '../../../ir/graph.ts';
import { ProtoWriter } from '../../lib/protobuf-writer.ts';

/** TensorProto.DataType of each element type. */
export const DATA_TYPE: { readonly [D in DType]: number } = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** One attribute value; the key says which field of AttributeProto holds it. */
export type OnnxAttribute =
  | { readonly f: number }
  | { readonly i: number }
  | { readonly s: string }
  | { readonly t: Tensor }
  | { readonly g: Pick<OnnxModelSpec, 'name' | 'nodes' | 'outputs'> }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

/** Attributes by name. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** A graph input or output. What is not known of its type is left out. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype?: DType | undefined;
  readonly shape?: readonly Dim[] | undefined;
}

/** One NodeProto of ONNX's own domain; `''` stands for an input that is absent. */
export interface OnnxNodeSpec {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

/** One ModelProto. */
export interface OnnxModelSpec {
  readonly opset: number;
  readonly irVersion: number;
  readonly producer: string;
  readonly name: string;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNodeSpec[];
  readonly initializers: Iterable<readonly [name: string, value: Tensor]>;
  /** `metadata_props`. */
  readonly metadata?: Iterable<readonly [key: string, value: string]>;
}

/** The bytes of a model file. Initializers are written as raw data. */
export function encodeModel(model: OnnxModelSpec): Uint8Array {
  const w = new ProtoWriter();
  w.int(1, model.irVersion);
  w.string(2, model.producer);
  w.message(7, (graph) => writeGraph(graph, model));
  w.message(8, (opset) => opset.int(2, model.opset));
  for (const [key, value] of model.metadata ?? []) {
    w.message(14, (entry) => {
      entry.string(1, key);
      entry.string(2, value);
    });
  }
  return w.finish();
}

type GraphSpec = Pick<OnnxModelSpec, 'name' | 'inputs' | 'outputs' | 'nodes' | 'initializers'>;

function writeGraph(w: ProtoWriter, { name, inputs, outputs, nodes, initializers }: GraphSpec): void {
  for (const node of nodes) w.message(1, (m) => writeNode(m, node));
  w.string(2, name);
  for (const [name, value] of initializers) w.message(5, (m) => writeTensor(m, value, name));
  for (const input of inputs) w.message(11, (m) => writePort(m, input));
  for (const output of outputs) w.message(12, (m) => writePort(m, output));
}

function writeNode(w: ProtoWriter, { op, name, inputs, outputs, attributes }: OnnxNodeSpec): void {
  for (const input of inputs) w.string(1, input);
  for (const output of outputs) w.string(2, output);
  w.string(3, name);
  w.string(4, op);
  for (const [key, value] of Object.entries(attributes)) w.message(5, (m) => writeAttribute(m, key, value));
}

function writeAttribute(w: ProtoWriter, name: string, value: OnnxAttribute): void {
  w.string(1, name);
  if ('f' in value) {
    w.float(2, value.f);
    w.int(20, 1);
  } else if ('i' in value) {
    w.int(3, value.i);
    w.int(20, 2);
  } else if ('s' in value) {
    w.string(4, value.s);
    w.int(20, 3);
  } else if ('t' in value) {
    w.message(5, (m) => writeTensor(m, value.t));
    w.int(20, 4);
  } else if ('g' in value) {
    w.message(6, (graph) => writeGraph(graph, { inputs: [], initializers: [], ...value.g }));
    w.int(20, 5);
  } else if ('ints' in value) {
    for (const i of value.ints) w.int(8, i);
    w.int(20, 7);
  } else if ('floats' in value) {
    for (const f of value.floats) w.float(7, f);
    w.int(20, 6);
  } else {
    for (const s of value.strings) w.string(9, s);
    w.int(20, 8);
  }
}

function writeTensor(w: ProtoWriter, value: Tensor, name?: string): void {
  w.packedInts(1, value.shape);
  w.int(2, DATA_TYPE[value.dtype]);
  if (name !== undefined) w.string(8, name);
  w.bytes(9, toRaw(value));
}

function writePort(w: ProtoWriter, { name, dtype, shape }: OnnxPort): void {
  w.string(1, name);
  if (dtype === undefined) return;
  w.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.int(1, DATA_TYPE[dtype]);
      if (shape) tensor.message(2, (dims) => shape.forEach((dim) => dims.message(1, (d) => writeDim(d, dim))));
    }),
  );
}

function writeDim(w: ProtoWriter, dim: Dim): void {
  if (typeof dim === 'number') w.int(1, dim);
  else if (dim !== '') w.string(2, dim);
}
