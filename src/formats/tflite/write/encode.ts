/** Writes TensorFlow Lite files. */
import { Builder, type Offset } from 'flatbuffers';
import { at, roundUp } from '../../../util/arrays.ts';
import { BUILTINS, CUSTOM, OPTIONS, PLACEHOLDER, SLOT, TYPES, type OptionField } from '../schema.ts';
import type {
  WrittenModel,
  WrittenOperator,
  WrittenOptions,
  WrittenSignature,
  WrittenSubgraph,
  WrittenTensor,
} from './file.ts';
import { bytes, floats, ints, longs, offsets, tableOf } from './flatbuffer.ts';
import { sparsity } from './sparsity.ts';

/** Constants start at multiples of so many bytes, as the schema asks: kernels read them in place. */
const ALIGNMENT = 16;

/** A constant that lies behind the flatbuffer: where its offset is written, once that is known. */
interface Outside {
  readonly data: Uint8Array;
  readonly place: number;
}

/** The bytes of a `.tflite` file. */
export function encodeTflite(model: WrittenModel): Uint8Array {
  const tensors = model.subgraphs.flatMap((subgraph) => subgraph.tensors);
  const stored = tensors.flatMap(({ data }) => (data ? [data] : []));
  const metadata = Object.entries(model.metadata ?? {});
  const b = new Builder(stored.reduce((sum, data) => sum + data.byteLength + 128, 1024));
  const outside: Outside[] = [];
  // Buffer 0 is empty by definition.
  const buffers = offsets(b, [
    tableOf(b, 1),
    ...stored.map((data) => (model.outside ? farBuffer(b, data, outside) : buffer(b, data))),
    ...metadata.map(([, data]) => buffer(b, data)),
  ]);
  const codes = [...new Set(model.subgraphs.flatMap(({ operators }) => operators.map(({ op }) => op)))];
  const operatorCodes = offsets(
    b,
    codes.map((op) => operatorCode(b, op)),
  );
  let constants = 0;
  const indexOf = ({ data, buffer: shared = 0 }: WrittenTensor): number => (data ? ++constants : shared);
  const subgraphs = offsets(
    b,
    model.subgraphs.map((graph) => subgraph(b, graph, codes, indexOf)),
  );
  const entries = offsets(
    b,
    metadata.map(([name], i) => metadataEntry(b, name, 1 + stored.length + i)),
  );
  const signatures = offsets(
    b,
    (model.signatures ?? []).map((signature) => signatureOf(b, signature)),
  );
  const description = b.createString(model.description ?? '');
  const slot = SLOT.model;
  const root = tableOf(b, 8, () => {
    b.addFieldInt32(slot.version, 3, 0);
    b.addFieldOffset(slot.codes, operatorCodes, 0);
    b.addFieldOffset(slot.subgraphs, subgraphs, 0);
    b.addFieldOffset(slot.description, description, 0);
    b.addFieldOffset(slot.buffers, buffers, 0);
    if (metadata.length > 0) b.addFieldOffset(slot.metadata, entries, 0);
    if (model.signatures) b.addFieldOffset(slot.signatures, signatures, 0);
  });
  b.finish(root, 'TFL3');
  return withOutside(b.asUint8Array(), outside);
}

function buffer(b: Builder, data: Uint8Array): Offset {
  b.prep(ALIGNMENT, data.byteLength);
  const vector = b.createByteVector(data);
  return tableOf(b, 1, () => b.addFieldOffset(SLOT.buffer.data, vector, 0));
}

function farBuffer(b: Builder, data: Uint8Array, outside: Outside[]): Offset {
  const { offset, size } = SLOT.buffer;
  const made = tableOf(b, 3, () => {
    b.addFieldInt64(size, BigInt(data.byteLength), 0n);
    // Not yet known, but not the default either: a field that has it is left out.
    b.addFieldInt64(offset, -1n, 0n);
    outside.push({ data, place: b.offset() });
  });
  return made;
}

/** The flatbuffer with what lies behind it. Places count from the end, as the builder does. */
function withOutside(flat: Uint8Array, outside: readonly Outside[]): Uint8Array {
  let length = flat.length;
  const starts = outside.map(({ data }) => {
    const start = roundUp(length, ALIGNMENT);
    length = start + data.byteLength;
    return start;
  });
  const file = new Uint8Array(length);
  file.set(flat);
  const view = new DataView(file.buffer);
  outside.forEach(({ data, place }, i) => {
    file.set(data, at(starts, i));
    view.setBigUint64(flat.length - place, BigInt(at(starts, i)), true);
  });
  return file;
}

function operatorCode(b: Builder, op: string | number): Offset {
  const custom = typeof op === 'string' && op.startsWith('custom ') ? b.createString(op.slice('custom '.length)) : 0;
  const code = custom ? CUSTOM : typeof op === 'number' ? op : BUILTINS.indexOf(op);
  const slot = SLOT.code;
  return tableOf(b, 4, () => {
    b.addFieldInt8(slot.byte, Math.min(code, PLACEHOLDER), 0);
    if (custom) b.addFieldOffset(slot.custom, custom, 0);
    b.addFieldInt32(slot.version, 1, 0);
    b.addFieldInt32(slot.builtin, code, 0);
  });
}

function subgraph(
  b: Builder,
  { name = 'main', ...graph }: WrittenSubgraph,
  codes: readonly (string | number)[],
  indexOf: (tensor: WrittenTensor) => number,
): Offset {
  const tensors = offsets(
    b,
    graph.tensors.map((tensor) => tensorOf(b, tensor, indexOf(tensor))),
  );
  const operators = offsets(
    b,
    graph.operators.map((operator) => operatorOf(b, operator, codes.indexOf(operator.op))),
  );
  const [inputs, outputs, text] = [ints(b, graph.inputs), ints(b, graph.outputs), b.createString(name)];
  const slot = SLOT.subgraph;
  return tableOf(b, 5, () => {
    b.addFieldOffset(slot.tensors, tensors, 0);
    b.addFieldOffset(slot.inputs, inputs, 0);
    b.addFieldOffset(slot.outputs, outputs, 0);
    b.addFieldOffset(slot.operators, operators, 0);
    b.addFieldOffset(slot.name, text, 0);
  });
}

function tensorOf(b: Builder, tensor: WrittenTensor, index: number): Offset {
  const [extents, name] = [ints(b, tensor.shape), b.createString(tensor.name)];
  const signature = tensor.signature && ints(b, tensor.signature);
  const { quantisation, sparsity: sparse } = tensor;
  const parameters = quantisation && quantisationOf(b, quantisation);
  const levels = sparse && sparsity(b, sparse);
  const slot = SLOT.tensor;
  return tableOf(b, 11, () => {
    b.addFieldOffset(slot.shape, extents, 0);
    b.addFieldInt8(slot.type, TYPES.indexOf(tensor.type), 0);
    b.addFieldInt32(slot.buffer, index, 0);
    b.addFieldOffset(slot.name, name, 0);
    if (parameters) b.addFieldOffset(slot.quantisation, parameters, 0);
    if (tensor.isVariable) b.addFieldInt8(slot.isVariable, 1, 0);
    if (levels) b.addFieldOffset(slot.sparsity, levels, 0);
    if (signature) b.addFieldOffset(slot.signature, signature, 0);
    b.addFieldInt8(slot.hasRank, 1, 0); // a scalar is a scalar, not a shape yet unknown
  });
}

function quantisationOf(
  b: Builder,
  { scales, zeroPoints, axis = 0 }: NonNullable<WrittenTensor['quantisation']>,
): Offset {
  const [scale, zero] = [floats(b, scales), longs(b, zeroPoints)];
  const slot = SLOT.quantisation;
  return tableOf(b, 7, () => {
    b.addFieldOffset(slot.scale, scale, 0);
    b.addFieldOffset(slot.zeroPoint, zero, 0);
    b.addFieldInt32(slot.axis, axis, 0);
  });
}

function operatorOf(b: Builder, { inputs, outputs, options, customOptions }: WrittenOperator, code: number): Offset {
  const [from, to] = [ints(b, inputs), ints(b, outputs)];
  const own = options && optionsTable(b, options);
  const custom = customOptions && bytes(b, customOptions);
  const slot = SLOT.operator;
  return tableOf(b, 9, () => {
    b.addFieldInt32(slot.code, code, 0);
    b.addFieldOffset(slot.inputs, from, 0);
    b.addFieldOffset(slot.outputs, to, 0);
    if (own) {
      b.addFieldInt8(slot.optionsType, OPTIONS[options[0]].union, 0);
      b.addFieldOffset(slot.options, own, 0);
    }
    if (custom) b.addFieldOffset(slot.custom, custom, 0);
  });
}

function optionsTable(b: Builder, [name, values]: WrittenOptions): Offset {
  const given = new Map<string, number | boolean | readonly number[]>(Object.entries(values));
  const fields = Object.entries<OptionField>(OPTIONS[name].fields).flatMap(([key, field]) => {
    const value = given.get(key);
    return value === undefined ? [] : [{ field, value: typeof value === 'object' ? ints(b, value) : Number(value) }];
  });
  const slots = Math.max(0, ...fields.map(({ field }) => field.slot + 1));
  return tableOf(b, slots, () => {
    for (const { field, value } of fields) {
      const { slot, kind, fallback } = field;
      if (kind === 'ints') b.addFieldOffset(slot, value, 0);
      else if (kind === 'int') b.addFieldInt32(slot, value, fallback);
      else if (kind === 'float') b.addFieldFloat32(slot, value, fallback);
      else b.addFieldInt8(slot, value, fallback);
    }
  });
}

function metadataEntry(b: Builder, name: string, index: number): Offset {
  const text = b.createString(name);
  return tableOf(b, 2, () => {
    b.addFieldOffset(SLOT.metadata.name, text, 0);
    b.addFieldInt32(SLOT.metadata.buffer, index, 0);
  });
}

function signatureOf(b: Builder, { key, subgraph: index, inputs, outputs }: WrittenSignature): Offset {
  const ports = (named: Readonly<Record<string, number>>): Offset =>
    offsets(
      b,
      Object.entries(named).map(([name, tensor]) => {
        const text = b.createString(name);
        return tableOf(b, 2, () => {
          b.addFieldOffset(SLOT.signaturePort.name, text, 0);
          b.addFieldInt32(SLOT.signaturePort.tensor, tensor, 0);
        });
      }),
    );
  const [from, to, text] = [ports(inputs), ports(outputs), b.createString(key)];
  const slot = SLOT.signature;
  return tableOf(b, 5, () => {
    b.addFieldOffset(slot.inputs, from, 0);
    b.addFieldOffset(slot.outputs, to, 0);
    b.addFieldOffset(slot.key, text, 0);
    b.addFieldInt32(slot.subgraph, index, 0);
  });
}
