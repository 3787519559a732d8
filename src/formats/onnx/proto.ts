/** The messages of onnx.proto that the importer reads, and their fields by number. */
import { ProtoReader, type MessageSchema } from '../lib/protobuf.ts';

/** TensorProto. Typed data stays as the file has it; `tensor.ts` decodes it. */
export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  /** Little-endian chunks of `float_data`. */
  floatData: Uint8Array[];
  /** Little-endian chunks of `double_data`. */
  doubleData: Uint8Array[];
  int32Data: number[];
  int64Data: number[];
  uint64Data: number[];
  raw: Uint8Array | undefined;
  /** `external_data` entries; the tensor is external when `external` is set. */
  externalData: Map<string, string>;
  external: boolean;
}

/** AttributeProto. Graphs, types and sparse tensors are only noted: the engine has no use for them. */
export interface AttributeProto {
  name: string;
  /** AttributeProto.AttributeType; 0 when the exporter left it out. */
  type: number;
  f: number | undefined;
  i: number | undefined;
  s: Uint8Array | undefined;
  t: TensorProto | undefined;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
  /** Set to the kind of a value that the reader does not keep: `graph`, `sparse tensor` … */
  other: string | undefined;
}

/** NodeProto. */
export interface NodeProto {
  name: string;
  op: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: AttributeProto[];
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
  sparseInitializers: number;
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
}

/** Reads a model file. Throws ImportError on bytes that are no well-formed ModelProto. */
export function decodeModel(bytes: Uint8Array, file: string): ModelProto {
  const said = { producer: '', producerVersion: '', domain: '', docString: '', metadata: new Map<string, string>() };
  return new ProtoReader(bytes, file).root(MODEL, { irVersion: 0, ...said, opsets: new Map(), graph: undefined });
}

/** Reads a lone TensorProto, as the `.pb` files of ONNX test data hold. */
export function decodeTensorProto(bytes: Uint8Array, file: string): TensorProto {
  return new ProtoReader(bytes, file).root(TENSOR, emptyTensor());
}

function emptyTensor(): TensorProto {
  return {
    name: '',
    dims: [],
    dataType: 0,
    floatData: [],
    doubleData: [],
    int32Data: [],
    int64Data: [],
    uint64Data: [],
    raw: undefined,
    externalData: new Map(),
    external: false,
  };
}

const ENTRY: MessageSchema<{ key: string; value: string }> = {
  1: (e, r) => (e.key = r.string()),
  2: (e, r) => (e.value = r.string()),
};

const TENSOR: MessageSchema<TensorProto> = {
  1: (t, r) => r.ints(t.dims),
  2: (t, r) => (t.dataType = r.int()),
  4: (t, r) => r.fixedBytes(t.floatData, 4),
  5: (t, r) => r.ints(t.int32Data),
  7: (t, r) => r.ints(t.int64Data),
  8: (t, r) => (t.name = r.string()),
  9: (t, r) => (t.raw = r.bytes()),
  10: (t, r) => r.fixedBytes(t.doubleData, 8),
  11: (t, r) => r.uints(t.uint64Data),
  13: (t, r) => {
    const { key, value } = r.message(ENTRY, { key: '', value: '' });
    t.externalData.set(key, value);
  },
  14: (t, r) => (t.external = r.int() === 1),
};

/** Fields that are noted as present and skipped. */
function noted(kind: string): (a: { other: string | undefined }, r: ProtoReader) => void {
  return (target, reader) => {
    reader.bytes();
    target.other = kind;
  };
}

const ATTRIBUTE: MessageSchema<AttributeProto> = {
  1: (a, r) => (a.name = r.string()),
  2: (a, r) => (a.f = r.float()),
  3: (a, r) => (a.i = r.int()),
  4: (a, r) => (a.s = r.bytes()),
  5: (a, r) => (a.t = r.message(TENSOR, a.t ?? emptyTensor())),
  6: noted('graph'),
  7: (a, r) => r.floats(a.floats),
  8: (a, r) => r.ints(a.ints),
  9: (a, r) => a.strings.push(r.bytes()),
  10: noted('list of tensors'),
  11: noted('list of graphs'),
  14: noted('type'),
  15: noted('list of types'),
  20: (a, r) => (a.type = r.int()),
  21: noted('reference to a function attribute'),
  22: noted('sparse tensor'),
  23: noted('list of sparse tensors'),
};

const NODE: MessageSchema<NodeProto> = {
  1: (n, r) => n.inputs.push(r.string()),
  2: (n, r) => n.outputs.push(r.string()),
  3: (n, r) => (n.name = r.string()),
  4: (n, r) => (n.op = r.string()),
  5: (n, r) => n.attributes.push(r.message(ATTRIBUTE, emptyAttribute())),
  7: (n, r) => (n.domain = r.string()),
};

function emptyAttribute(): AttributeProto {
  const unset = { f: undefined, i: undefined, s: undefined, t: undefined, other: undefined };
  return { name: '', type: 0, ...unset, floats: [], ints: [], strings: [] };
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
  1: (g, r) => g.nodes.push(r.message(NODE, { name: '', op: '', domain: '', inputs: [], outputs: [], attributes: [] })),
  2: (g, r) => (g.name = r.string()),
  5: (g, r) => g.initializers.push(r.message(TENSOR, emptyTensor())),
  11: (g, r) => g.inputs.push(valueInfo(r)),
  12: (g, r) => g.outputs.push(valueInfo(r)),
  13: (g, r) => g.valueInfo.push(valueInfo(r)),
  15: (g, r) => {
    r.bytes();
    g.sparseInitializers++;
  },
};

const OPSET: MessageSchema<{ domain: string; version: number }> = {
  1: (o, r) => (o.domain = r.string()),
  2: (o, r) => (o.version = r.int()),
};

const MODEL: MessageSchema<ModelProto> = {
  1: (m, r) => (m.irVersion = r.int()),
  2: (m, r) => (m.producer = r.string()),
  3: (m, r) => (m.producerVersion = r.string()),
  4: (m, r) => (m.domain = r.string()),
  6: (m, r) => (m.docString = r.string()),
  7: (m, r) => (m.graph = r.message(GRAPH, m.graph ?? emptyGraph())),
  8: (m, r) => {
    const { domain, version } = r.message(OPSET, { domain: '', version: 1 });
    m.opsets.set(domain === 'ai.onnx' ? '' : domain, version);
  },
  14: (m, r) => {
    const { key, value } = r.message(ENTRY, { key: '', value: '' });
    m.metadata.set(key, value);
  },
};

function emptyGraph(): GraphProto {
  return { name: '', nodes: [], initializers: [], sparseInitializers: 0, inputs: [], outputs: [], valueInfo: [] };
}
