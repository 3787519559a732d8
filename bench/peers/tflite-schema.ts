/** The part of the TFLite flatbuffer schema (version 3) that plain float networks need: slots, codes, and how to write them. */
import { Builder, type Offset } from 'flatbuffers';

/** BuiltinOperator. */
export const OPERATOR = {
  ADD: 0,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  FULLY_CONNECTED: 9,
  MAX_POOL_2D: 17,
  RESHAPE: 22,
  PAD: 34,
  TRANSPOSE: 39,
  MEAN: 40,
  SPLIT: 49,
  PADV2: 60,
} as const;

/** Name of an operator in the file. */
export type OperatorName = keyof typeof OPERATOR;

/** TensorType. */
export const TENSOR_TYPE = { float32: 0, int32: 2 } as const;

/** One field of a table: its slot, and what it holds. A field that equals its default is left out by the builder. */
export type Field = readonly [slot: number, kind: 'byte' | 'int' | 'bool', value: number];

/** A table of scalars: its place in the BuiltinOptions union, how many slots it has, and the fields. */
export interface Options {
  readonly union: number;
  readonly slots: number;
  readonly fields: readonly Field[];
}

type Pair = readonly [height: number, width: number];

const byte = (slot: number, value: number): Field => [slot, 'byte', value];
const int = (slot: number, value: number): Field => [slot, 'int', value];

/** Padding and ActivationFunctionType as the options below take them. */
export const PADDING = { SAME: 0, VALID: 1 } as const;
export const ACTIVATION = { none: 0, relu: 1, relu6: 3 } as const;

/** Options tables. Dilations stay at their default of 1. */
export const options = {
  conv: (padding: number, [sH, sW]: Pair, activation: number): Options => ({
    union: 1,
    slots: 6,
    fields: [byte(0, padding), int(1, sW), int(2, sH), byte(3, activation)],
  }),
  depthwise: (padding: number, [sH, sW]: Pair, activation: number): Options => ({
    union: 2,
    slots: 7,
    fields: [byte(0, padding), int(1, sW), int(2, sH), int(3, 1), byte(4, activation)],
  }),
  pool: (padding: number, [sH, sW]: Pair, [kH, kW]: Pair): Options => ({
    union: 5,
    slots: 6,
    fields: [byte(0, padding), int(1, sW), int(2, sH), int(3, kW), int(4, kH)],
  }),
  fullyConnected: (): Options => ({ union: 8, slots: 4, fields: [] }),
  concatenation: (axis: number): Options => ({ union: 10, slots: 2, fields: [int(0, axis)] }),
  add: (activation: number): Options => ({ union: 11, slots: 1, fields: [byte(0, activation)] }),
  reshape: (): Options => ({ union: 17, slots: 1, fields: [] }),
  pad: (): Options => ({ union: 22, slots: 0, fields: [] }),
  padV2: (): Options => ({ union: 43, slots: 0, fields: [] }),
  transpose: (): Options => ({ union: 26, slots: 0, fields: [] }),
  mean: (): Options => ({ union: 27, slots: 1, fields: [[0, 'bool', 0]] }),
  split: (parts: number): Options => ({ union: 35, slots: 1, fields: [int(0, parts)] }),
} as const;

/** A tensor of the subgraph; `data` when it is a constant. */
export interface TfliteTensor {
  readonly name: string;
  readonly type: keyof typeof TENSOR_TYPE;
  readonly shape: readonly number[];
  readonly data?: Uint8Array;
}

/** One operator; tensors by index. */
export interface TfliteOperator {
  readonly op: OperatorName;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Options;
}

/** A model of one subgraph. */
export interface TfliteModel {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The bytes of a `.tflite` file. */
export function encodeTflite(model: TfliteModel): Uint8Array {
  const b = new Builder(model.tensors.reduce((sum, t) => sum + (t.data?.byteLength ?? 0) + 128, 1024));
  const constants = model.tensors.flatMap((t) => (t.data ? [t.data] : []));
  // Buffer 0 is empty by definition.
  const buffers = offsets(b, [table(b, 1), ...constants.map((data) => buffer(b, data))]);
  const codes = [...new Set(model.operators.map((o) => o.op))];
  const operatorCodes = offsets(
    b,
    codes.map((op) =>
      table(b, 4, () => {
        b.addFieldInt8(0, OPERATOR[op], 0);
        b.addFieldInt32(2, 1, 0);
        b.addFieldInt32(3, OPERATOR[op], 0);
      }),
    ),
  );
  const subgraphs = offsets(b, [subgraph(b, model, codes)]);
  const description = b.createString(model.name);
  const root = table(b, 8, () => {
    b.addFieldInt32(0, 3, 0);
    b.addFieldOffset(1, operatorCodes, 0);
    b.addFieldOffset(2, subgraphs, 0);
    b.addFieldOffset(3, description, 0);
    b.addFieldOffset(4, buffers, 0);
  });
  b.finish(root, 'TFL3');
  return b.asUint8Array().slice();
}

function subgraph(b: Builder, model: TfliteModel, codes: readonly OperatorName[]): Offset {
  let constants = 0;
  const tensors = offsets(
    b,
    model.tensors.map((t) => tensor(b, t, t.data ? ++constants : 0)),
  );
  const operators = offsets(
    b,
    model.operators.map((o) => operator(b, o, codes.indexOf(o.op))),
  );
  const [inputs, outputs] = [ints(b, model.inputs), ints(b, model.outputs)];
  const name = b.createString('main');
  return table(b, 5, () => {
    b.addFieldOffset(0, tensors, 0);
    b.addFieldOffset(1, inputs, 0);
    b.addFieldOffset(2, outputs, 0);
    b.addFieldOffset(3, operators, 0);
    b.addFieldOffset(4, name, 0);
  });
}

function tensor(b: Builder, { name, type, shape }: TfliteTensor, index: number): Offset {
  const extents = ints(b, shape);
  const text = b.createString(name);
  return table(b, 9, () => {
    b.addFieldOffset(0, extents, 0);
    b.addFieldInt8(1, TENSOR_TYPE[type], 0);
    b.addFieldInt32(2, index, 0);
    b.addFieldOffset(3, text, 0);
    b.addFieldInt8(8, 1, 0); // has_rank: a scalar is a scalar, not a shape yet unknown
  });
}

function operator(
  b: Builder,
  { inputs, outputs, options: { union, slots, fields } }: TfliteOperator,
  code: number,
): Offset {
  const [from, to] = [ints(b, inputs), ints(b, outputs)];
  const own = table(b, slots, () => {
    for (const [slot, kind, value] of fields) {
      if (kind === 'int') b.addFieldInt32(slot, value, 0);
      else b.addFieldInt8(slot, value, 0);
    }
  });
  return table(b, 9, () => {
    b.addFieldInt32(0, code, 0);
    b.addFieldOffset(1, from, 0);
    b.addFieldOffset(2, to, 0);
    b.addFieldInt8(3, union, 0);
    b.addFieldOffset(4, own, 0);
  });
}

/** Constants start at multiples of 16 bytes, as the schema asks: kernels read them in place. */
function buffer(b: Builder, data: Uint8Array): Offset {
  b.prep(16, data.byteLength);
  const vector = b.createByteVector(data);
  return table(b, 1, () => b.addFieldOffset(0, vector, 0));
}

function table(b: Builder, slots: number, fill: () => void = () => undefined): Offset {
  b.startObject(slots);
  fill();
  return b.endObject();
}

function ints(b: Builder, values: readonly number[]): Offset {
  b.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) b.addInt32(value);
  return b.endVector();
}

function offsets(b: Builder, values: readonly Offset[]): Offset {
  b.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) b.addOffset(value);
  return b.endVector();
}
