/**
 * Writes ONNX files field by field (protobuf through pbf), for tests that need a model no exporter would make: any
 * opset, any attribute form, broken graphs. Field numbers are those of onnx.proto (ONNX IR version 3 and later).
 */
import { PbfWriter } from 'pbf';
import type { DType } from '../../src/core/dtype.ts';
import { toRaw } from '../../src/core/raw.ts';
import type { Tensor } from '../../src/core/tensor.ts';

/** TensorProto.DataType of each element type. */
export const ONNX_DATA_TYPE: { readonly [D in DType]: number } = {
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
  | { readonly i: number | bigint }
  | { readonly s: string }
  | { readonly t: Tensor | OnnxTensor }
  | { readonly g: OnnxGraph }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly strings: readonly string[] }
  /** The attribute of the function around, of AttributeProto.AttributeType `type`. */
  | { readonly ref: string; readonly type: number };

/** A tensor given field by field: whatever is present is written, consistent or not. */
export interface OnnxTensor {
  readonly dataType: number;
  readonly dims: readonly (number | bigint)[];
  readonly raw?: Uint8Array;
  readonly floats?: readonly number[];
  readonly int32s?: readonly number[];
  readonly int64s?: readonly (number | bigint)[];
  readonly doubles?: readonly number[];
  readonly uint64s?: readonly (number | bigint)[];
  /** Makes the tensor external: its key/value entries (`location`, `offset`, `length`). */
  readonly external?: Readonly<Record<string, string>>;
}

/** One FunctionProto. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** Attributes that a call must give, and those it may. */
  readonly attributes?: readonly string[];
  readonly defaults?: Readonly<Record<string, OnnxAttribute>>;
  readonly opset: Readonly<Record<string, number>>;
}

/** A graph input or output; a dim is an extent, a symbol, or `null` for "unknown"; no `shape` writes no shape at all. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype?: DType;
  /** TensorProto.DataType, when it is one the engine has no DType for. */
  readonly dataType?: number;
  /** A sequence of tensors of that type, or, without a type, of whatever it is, a list of maps say, instead of a tensor. */
  readonly sequence?: boolean;
  readonly shape?: readonly (number | string | null)[];
}

/** One NodeProto. */
export interface OnnxNode {
  readonly op: string;
  readonly name?: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** One GraphProto. */
export interface OnnxGraph {
  readonly name?: string;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly (OnnxValueInfo | string)[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers?: readonly (readonly [name: string, value: Tensor | OnnxTensor])[];
  readonly valueInfo?: readonly OnnxValueInfo[];
}

/** One ModelProto. `opset` is the version of the default domain, or one version per domain. */
export interface OnnxModel extends OnnxGraph {
  readonly opset: number | Readonly<Record<string, number>>;
  readonly irVersion?: number;
  readonly producer?: string;
  readonly functions?: readonly OnnxFunction[];
}

/** The bytes of a model file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const w = new PbfWriter();
  w.writeVarintField(1, model.irVersion ?? 8);
  w.writeStringField(2, model.producer ?? 'tilewise tests');
  w.writeMessage(7, writeGraph, model);
  const opsets = typeof model.opset === 'number' ? { '': model.opset } : model.opset;
  for (const entry of Object.entries(opsets)) w.writeMessage(8, writeOpset, entry);
  for (const f of model.functions ?? []) w.writeMessage(25, writeFunction, f);
  return w.finish().slice();
}

function writeOpset([domain, version]: [string, number], w: PbfWriter): void {
  if (domain) w.writeStringField(1, domain);
  w.writeVarintField(2, version);
}

function writeFunction(f: OnnxFunction, w: PbfWriter): void {
  w.writeStringField(1, f.name);
  for (const input of f.inputs) w.writeStringField(4, input);
  for (const output of f.outputs) w.writeStringField(5, output);
  for (const name of f.attributes ?? []) w.writeStringField(6, name);
  for (const node of f.nodes) w.writeMessage(7, writeNode, node);
  for (const entry of Object.entries(f.opset)) w.writeMessage(9, writeOpset, entry);
  w.writeStringField(10, f.domain);
  for (const entry of Object.entries(f.defaults ?? {})) w.writeMessage(11, writeAttribute, entry);
  if (f.overload) w.writeStringField(13, f.overload);
}

/** The bytes of a lone TensorProto, as the `.pb` files of ONNX test data hold. */
export function encodeTensor(value: Tensor | OnnxTensor, name = ''): Uint8Array {
  const w = new PbfWriter();
  writeTensor({ name, value }, w);
  return w.finish().slice();
}

function writeGraph(graph: OnnxGraph, w: PbfWriter): void {
  for (const node of graph.nodes) w.writeMessage(1, writeNode, node);
  w.writeStringField(2, graph.name ?? 'test');
  for (const [name, value] of graph.initializers ?? []) w.writeMessage(5, writeTensor, { name, value });
  for (const input of graph.inputs) w.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) {
    w.writeMessage(12, writeValueInfo, typeof output === 'string' ? { name: output } : output);
  }
  for (const info of graph.valueInfo ?? []) w.writeMessage(13, writeValueInfo, info);
}

function writeNode(node: OnnxNode, w: PbfWriter): void {
  for (const input of node.inputs) w.writeStringField(1, input);
  for (const output of node.outputs) w.writeStringField(2, output);
  if (node.name) w.writeStringField(3, node.name);
  w.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes ?? {})) w.writeMessage(5, writeAttribute, entry);
  if (node.domain) w.writeStringField(7, node.domain);
  if (node.overload) w.writeStringField(8, node.overload);
}

function writeAttribute([name, value]: [string, OnnxAttribute], w: PbfWriter): void {
  w.writeStringField(1, name);
  const type = (t: number): void => w.writeVarintField(20, t);
  if ('f' in value) {
    w.writeFloatField(2, value.f);
    type(1);
  } else if ('i' in value) {
    w.writeTag(3, 0);
    writeInt64(value.i, w);
    type(2);
  } else if ('s' in value) {
    w.writeBytesField(4, utf8(value.s));
    type(3);
  } else if ('t' in value) {
    w.writeMessage(5, writeTensor, { name: '', value: value.t });
    type(4);
  } else if ('g' in value) {
    w.writeMessage(6, writeGraph, value.g);
    type(5);
  } else if ('floats' in value) {
    for (const f of value.floats) w.writeFloatField(7, f);
    type(6);
  } else if ('ints' in value) {
    for (const i of value.ints) {
      w.writeTag(8, 0);
      writeInt64(i, w);
    }
    type(7);
  } else if ('ref' in value) {
    w.writeStringField(21, value.ref);
    type(value.type);
  } else {
    for (const s of value.strings) w.writeBytesField(9, utf8(s));
    type(8);
  }
}

function writeTensor({ name, value }: { name: string; value: Tensor | OnnxTensor }, w: PbfWriter): void {
  const t: OnnxTensor =
    'dtype' in value ? { dataType: ONNX_DATA_TYPE[value.dtype], dims: value.shape, raw: toRaw(value) } : value;
  packed(1, t.dims, writeInt64, w);
  w.writeVarintField(2, t.dataType);
  packed(4, t.floats, (v, p) => p.writeFloat(v), w);
  packed(5, t.int32s, writeInt64, w);
  packed(7, t.int64s, writeInt64, w);
  if (name) w.writeStringField(8, name);
  if (t.raw) w.writeBytesField(9, t.raw);
  packed(10, t.doubles, (v, p) => p.writeDouble(v), w);
  packed(11, t.uint64s, writeInt64, w);
  for (const entry of Object.entries(t.external ?? {})) w.writeMessage(13, writeStringEntry, entry);
  if (t.external) w.writeVarintField(14, 1);
}

function writeStringEntry([key, value]: [string, string], w: PbfWriter): void {
  w.writeStringField(1, key);
  w.writeStringField(2, value);
}

function writeValueInfo(info: OnnxValueInfo, w: PbfWriter): void {
  w.writeStringField(1, info.name);
  if (info.sequence && !info.dtype) {
    w.writeMessage(2, (_: null, p: PbfWriter) => p.writeBytesField(4, new Uint8Array()), null);
    return;
  }
  const dataType = info.dataType ?? (info.dtype ? ONNX_DATA_TYPE[info.dtype] : info.shape ? 1 : undefined);
  if (dataType === undefined) return;
  const { shape } = info;
  const writeTensorType = (_: null, p: PbfWriter): void => {
    p.writeVarintField(1, dataType);
    if (shape) p.writeMessage(2, writeShape, shape);
  };
  const writeType = (_: null, p: PbfWriter): void => p.writeMessage(1, writeTensorType, null);
  const writeList = (_: null, p: PbfWriter): void =>
    p.writeMessage(4, (__: null, q: PbfWriter) => q.writeMessage(1, writeType, null), null);
  w.writeMessage(2, info.sequence ? writeList : writeType, null);
}

function writeShape(dims: readonly (number | string | null)[], w: PbfWriter): void {
  for (const dim of dims) w.writeMessage(1, writeDim, dim);
}

function writeDim(dim: number | string | null, w: PbfWriter): void {
  if (typeof dim === 'number') w.writeVarintField(1, dim);
  else if (dim !== null) w.writeStringField(2, dim);
}

function packed<T>(
  tag: number,
  values: readonly T[] | undefined,
  write: (value: T, w: PbfWriter) => void,
  w: PbfWriter,
): void {
  if (!values || values.length === 0) return;
  w.writeMessage(tag, (list: readonly T[], p: PbfWriter) => list.forEach((v) => write(v, p)), values);
}

/** A signed 64-bit varint, exact over the whole range (pbf's own takes doubles). */
function writeInt64(value: number | bigint, w: PbfWriter): void {
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    w.realloc(1);
    w.buf[w.pos++] = rest > 0n ? low | 0x80 : low;
  } while (rest > 0n);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
