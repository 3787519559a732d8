/** TensorProto, the message of onnx.proto that holds elements; and the lists of messages that have none. */
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
  /** The values of a sparse tensor, which the reader does not keep. */
  sparse: boolean;
  /** `external_data` entries; the tensor is external when `external` is set. */
  externalData: Map<string, string>;
  external: boolean;
}

/** Reads a lone TensorProto, as the `.pb` files of ONNX test data hold. */
export function decodeTensorProto(bytes: Uint8Array, file: string): TensorProto {
  return new ProtoReader(bytes, file).root(TENSOR, emptyTensor());
}

/**
 * The list of every message that has none; such messages are whole literals for the same reason: one takes two bytes of a
 * file, and would take hundreds with lists of its growing, or put together from parts.
 */
export const NONE: never[] = [];

/** A list to append to. */
export function growing<T>(list: T[]): T[] {
  return list === NONE ? [] : list;
}

const NO_ENTRIES = new Map<string, string>();

/** A TensorProto of which nothing was read yet. */
export function emptyTensor(): TensorProto {
  return {
    name: '',
    dims: NONE,
    dataType: 0,
    floatData: NONE,
    doubleData: NONE,
    int32Data: NONE,
    int64Data: NONE,
    uint64Data: NONE,
    raw: undefined,
    sparse: false,
    externalData: NO_ENTRIES,
    external: false,
  };
}

/** An entry of a map of strings. */
export const ENTRY: MessageSchema<{ key: string; value: string }> = {
  1: (e, r) => (e.key = r.string()),
  2: (e, r) => (e.value = r.string()),
};

/** Fields of a TensorProto. */
export const TENSOR: MessageSchema<TensorProto> = {
  1: (t, r) => r.ints((t.dims = growing(t.dims))),
  2: (t, r) => (t.dataType = r.int()),
  4: (t, r) => r.fixedBytes((t.floatData = growing(t.floatData)), 4),
  5: (t, r) => r.ints((t.int32Data = growing(t.int32Data))),
  7: (t, r) => r.ints((t.int64Data = growing(t.int64Data))),
  8: (t, r) => (t.name = r.string()),
  9: (t, r) => (t.raw = r.bytes()),
  10: (t, r) => r.fixedBytes((t.doubleData = growing(t.doubleData)), 8),
  11: (t, r) => r.uints((t.uint64Data = growing(t.uint64Data))),
  13: (t, r) => {
    const { key, value } = r.message(ENTRY, { key: '', value: '' });
    if (t.externalData === NO_ENTRIES) t.externalData = new Map();
    t.externalData.set(key, value);
  },
  14: (t, r) => (t.external = r.int() === 1),
};
