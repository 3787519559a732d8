/** The messages of onnx.proto that the importer reads, and their fields by number. */
import { ImportError } from '../../core/errors.ts';
import { ProtoReader, type MessageSchema } from '../lib/protobuf.ts';
import { emptyTensor, ENTRY, NONE, growing, TENSOR, type TensorProto } from './tensor-proto.ts';

/** AttributeProto. Types, sparse tensors and lists of graphs are only noted: the engine has no use for them. */
export interface AttributeProto {
  name: string;
  /** AttributeProto.AttributeType; 0 when the exporter left it out. */
  type: number;
  f: number | undefined;
  i: number | undefined;
  s: Uint8Array | undefined;
  t: TensorProto | undefined;
  g: GraphProto | undefined;
  /** `ref_attr_name`: the attribute of the function around that this one is; `''` where it has its own value. */
  ref: string;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
  /** Set to the kind of a value that the reader does not keep: `list of graphs`, `sparse tensor` … */
  other: string | undefined;
}

/** NodeProto. */
export interface NodeProto {
  name: string;
  op: string;
  domain: string;
  /** Which of several functions of one name is called. */
  overload: string;
  inputs: string[];
  outputs: string[];
  attributes: AttributeProto[];
  /** Version of the operator set, where it is not the model's: in functions, which import their own. */
  opset?: number;
  /** Set where a branch that is not always taken has the node. */
  guarded?: boolean;
  /** The loop whose body has the node, for messages. */
  body?: string;
}

/** ValueInfoProto: `elemType` 0 is no tensor type at all; `dims` is absent where no shape is given. */
export interface ValueInfoProto {
  name: string;
  elemType: number;
  dims: DimProto[] | undefined;
  /** The kind of a type that is not a tensor. */
  other: string | undefined;
}

/** One dimension; neither field is set where it is unknown. */
export interface DimProto {
  value: number | undefined;
  param: string;
}

/** GraphProto. */
export interface GraphProto {
  name: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
}

/** ModelProto. */
export interface ModelProto {
  irVersion: number;
  producer: string;
  producerVersion: string;
  domain: string;
  docString: string;
  /** `metadata_props`. */
  metadata: Map<string, string>;
  /** Opset version by domain; the default domain is `''`. */
  opsets: Map<string, number>;
  graph: GraphProto | undefined;
  /** Each FunctionProto as it lies in the file: few models have any. */
  functions: Uint8Array[];
}

/** Exporters write hundreds; a file of empty ones could have any number. */
const MAX_FUNCTIONS = 2 ** 16;

/** Reads a model file. Throws ImportError on bytes that are no well-formed ModelProto. */
export function decodeModel(bytes: Uint8Array, file: string): ModelProto {
  const said = { producer: '', producerVersion: '', domain: '', docString: '', metadata: new Map<string, string>() };
  const held = { opsets: new Map<string, number>(), graph: undefined, functions: [] };
  return new ProtoReader(bytes, file).root(MODEL, { irVersion: 0, ...said, ...held });
}

/** Fields that are noted as present and skipped. */
function noted(kind: string): (a: { other: string | undefined }, r: ProtoReader) => void {
  return (target, reader) => {
    reader.bytes();
    target.other = kind;
  };
}

/** A sparse tensor's name is that of its values. */
const SPARSE_TENSOR: MessageSchema<TensorProto> = {
  1: (t, r) => r.message(TENSOR, t),
};

const ATTRIBUTE: MessageSchema<AttributeProto> = {
  1: (a, r) => (a.name = r.string()),
  2: (a, r) => (a.f = r.float()),
  3: (a, r) => (a.i = r.int()),
  4: (a, r) => (a.s = r.bytes()),
  5: (a, r) => (a.t = r.message(TENSOR, a.t ?? emptyTensor())),
  6: (a, r) => (a.g = r.message(GRAPH, a.g ?? emptyGraph())),
  7: (a, r) => r.floats((a.floats = growing(a.floats))),
  8: (a, r) => r.ints((a.ints = growing(a.ints))),
  9: (a, r) => (a.strings = growing(a.strings)).push(r.bytes()),
  10: noted('list of tensors'),
  11: noted('list of graphs'),
  14: noted('type'),
  15: noted('list of types'),
  20: (a, r) => (a.type = r.int()),
  21: (a, r) => (a.ref = r.string()),
  22: noted('sparse tensor'),
  23: noted('list of sparse tensors'),
};

const NODE: MessageSchema<NodeProto> = {
  1: (n, r) => (n.inputs = growing(n.inputs)).push(r.string()),
  2: (n, r) => (n.outputs = growing(n.outputs)).push(r.string()),
  3: (n, r) => (n.name = r.string()),
  4: (n, r) => (n.op = r.string()),
  5: (n, r) => named((n.attributes = growing(n.attributes)), attribute(r)),
  7: (n, r) => (n.domain = r.string()),
  8: (n, r) => (n.overload = r.string()),
};

/** Keeps what can be referred to: what has no name is nothing that anybody reads. */
function named<T extends { readonly name: string }>(list: T[], message: T): void {
  if (message.name !== '') list.push(message);
}

/** Reads an AttributeProto. */
export function attribute(r: ProtoReader): AttributeProto {
  return r.message(ATTRIBUTE, {
    name: '',
    type: 0,
    f: undefined,
    i: undefined,
    s: undefined,
    t: undefined,
    g: undefined,
    ref: '',
    floats: NONE,
    ints: NONE,
    strings: NONE,
    other: undefined,
  });
}

/** Reads a NodeProto. Throws ImportError on one without an operator. */
export function node(r: ProtoReader): NodeProto {
  const empty = { name: '', op: '', domain: '', overload: '', inputs: NONE, outputs: NONE, attributes: NONE };
  const read = r.message<NodeProto>(NODE, empty);
  if (read.op === '') throw new ImportError('a node has no operator', { hint: 'Download or export the model again' });
  return read;
}

const DIM: MessageSchema<DimProto> = {
  1: (d, r) => (d.value = r.int()),
  2: (d, r) => (d.param = r.string()),
};

const SHAPE: MessageSchema<DimProto[]> = {
  1: (dims, r) => dims.push(r.message(DIM, { value: undefined, param: '' })),
};

const TENSOR_TYPE: MessageSchema<ValueInfoProto> = {
  1: (v, r) => (v.elemType = r.int()),
  2: (v, r) => (v.dims = r.message(SHAPE, v.dims ?? [])),
};

const TYPE: MessageSchema<ValueInfoProto> = {
  1: (v, r) => r.message(TENSOR_TYPE, v),
  4: noted('sequence'),
  5: noted('map'),
  7: noted('opaque type'),
  8: noted('sparse tensor'),
  9: noted('optional'),
};

const VALUE_INFO: MessageSchema<ValueInfoProto> = {
  1: (v, r) => (v.name = r.string()),
  2: (v, r) => r.message(TYPE, v),
};

function valueInfo(r: ProtoReader): ValueInfoProto {
  return r.message(VALUE_INFO, { name: '', elemType: 0, dims: undefined, other: undefined });
}

const GRAPH: MessageSchema<GraphProto> = {
  1: (g, r) => g.nodes.push(node(r)),
  2: (g, r) => (g.name = r.string()),
  5: (g, r) => named(g.initializers, r.message(TENSOR, emptyTensor())),
  11: (g, r) => named(g.inputs, valueInfo(r)),
  12: (g, r) => g.outputs.push(valueInfo(r)),
  13: (g, r) => named(g.valueInfo, valueInfo(r)),
  15: (g, r) => named(g.initializers, r.message(SPARSE_TENSOR, { ...emptyTensor(), sparse: true })),
};

const OPSET: MessageSchema<{ domain: string; version: number }> = {
  1: (o, r) => (o.domain = r.string()),
  2: (o, r) => (o.version = r.int()),
};

/** Reads an entry of `opset_import` into versions by domain. */
export function opset(opsets: Map<string, number>, r: ProtoReader): void {
  const { domain, version } = r.message(OPSET, { domain: '', version: 1 });
  opsets.set(domain === 'ai.onnx' ? '' : domain, version);
}

const MODEL: MessageSchema<ModelProto> = {
  1: (m, r) => (m.irVersion = r.int()),
  2: (m, r) => (m.producer = r.string()),
  3: (m, r) => (m.producerVersion = r.string()),
  4: (m, r) => (m.domain = r.string()),
  6: (m, r) => (m.docString = r.string()),
  7: (m, r) => (m.graph = r.message(GRAPH, m.graph ?? emptyGraph())),
  8: (m, r) => opset(m.opsets, r),
  14: (m, r) => {
    const { key, value } = r.message(ENTRY, { key: '', value: '' });
    m.metadata.set(key, value);
  },
  25: (m, r) => {
    if (m.functions.push(r.bytes()) > MAX_FUNCTIONS)
      throw new ImportError(`it has more than ${MAX_FUNCTIONS} functions`);
  },
};

function emptyGraph(): GraphProto {
  return { name: '', nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [] };
}
