/** Changes of protocol buffers: fields twice, gone, elsewhere, nested; integers at their ends; lengths that lie. */
import { EXTREMES, type Dice } from '../dice.ts';
import { join, MAX_BYTES, type Mutator } from './bytes.ts';

/** One field as it is on the wire; a byte string that reads as a message is its fields. */
interface Field {
  readonly tag: number;
  readonly value:
    bigint | { readonly fixed: Uint8Array } | { readonly bytes: Uint8Array } | { readonly fields: Field[] };
  /** Added to the length that is written. */
  readonly lie?: number;
}

/** Byte strings of printable characters are text, though many would do as messages. */
const TEXT = /^[\x20-\x7e]*$/;

/** Deeper messages are left as bytes. */
const MAX_DEPTH = 20;

/** The fields of a message; undefined where the bytes are none. */
function parse(bytes: Uint8Array, depth = 0): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const key = readVarint(bytes, at);
    const [tag, wire] = [Number(key.value >> 3n), Number(key.value & 7n)];
    at = key.end;
    if (tag < 1 || tag > 1000) return undefined;
    if (wire === 0) {
      const { value, end } = readVarint(bytes, at);
      fields.push({ tag, value });
      at = end;
      continue;
    }
    const length = wire === 2 ? readVarint(bytes, at) : undefined;
    const from = length?.end ?? at;
    at = from + (length ? Number(length.value) : wire === 1 ? 8 : wire === 5 ? 4 : Infinity);
    if (at > bytes.length) return undefined;
    const part = bytes.subarray(from, at);
    fields.push({ tag, value: length ? delimited(part, depth) : { fixed: part } });
  }
  return fields;
}

function delimited(bytes: Uint8Array, depth: number): Field['value'] {
  const isText = TEXT.test(new TextDecoder('latin1').decode(bytes));
  const fields = isText || depth === MAX_DEPTH ? undefined : parse(bytes, depth + 1);
  return fields ? { fields } : { bytes };
}

function readVarint(bytes: Uint8Array, at: number): { value: bigint; end: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  return { value, end: at + 10 };
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function write(fields: readonly Field[]): Uint8Array {
  return join(...fields.flatMap(writeField));
}

function writeField({ tag, value, lie = 0 }: Field): Uint8Array[] {
  const key = (wire: number): Uint8Array => varint(BigInt(tag * 8 + wire));
  if (typeof value === 'bigint') return [key(0), varint(value)];
  if ('fixed' in value) return [key(value.fixed.length === 8 ? 1 : 5), value.fixed];
  const bytes = 'bytes' in value ? value.bytes : write(value.fields);
  return [key(2), varint(BigInt(Math.max(0, bytes.length + lie))), bytes];
}

/** Every message of a tree, the outermost first. */
function messages(fields: Field[]): Field[][] {
  return [
    fields,
    ...fields.flatMap(({ value }) => (typeof value === 'object' && 'fields' in value ? messages(value.fields) : [])),
  ];
}

/** Changes the list of fields that it is given, at this index; `all` are the messages of the file. */
type Change = (fields: Field[], at: number, dice: Dice, all: readonly Field[][]) => void;

const again: Change = (fields, at, dice) => {
  const copies = Array.from({ length: dice.pick([1, 1, 2, 20, 1000]) }, () => fields[at]).filter(
    (f) => f !== undefined,
  );
  fields.splice(at, 0, ...copies);
};

const drop: Change = (fields, at) => {
  fields.splice(at, 1);
};

const swap: Change = (fields, at, dice) => {
  const other = dice.int(0, fields.length - 1);
  const [a, b] = [fields[at], fields[other]];
  if (a && b) [fields[at], fields[other]] = [b, a];
};

/** Puts the field into another message: an attribute among the nodes, a graph in an attribute. */
const move: Change = (fields, at, dice, all) => {
  const field = fields[at];
  if (!field) return;
  // As bytes: the message may be one inside the field.
  const value =
    typeof field.value === 'object' && 'fields' in field.value ? { bytes: write(field.value.fields) } : field.value;
  dice.pick(all).push({ tag: dice.chance(0.5) ? field.tag : dice.int(1, 16), value });
};

const retag: Change = (fields, at, dice) => {
  const field = fields[at];
  if (field) fields[at] = { ...field, tag: dice.int(1, 20) };
};

/** Another number, text of elsewhere in the file (a name, mostly), or some change of the bytes. */
const revalue: Change = (fields, at, dice, all) => {
  const field = fields[at];
  if (!field) return;
  const { value } = field;
  if (typeof value === 'bigint') {
    const near = BigInt(dice.int(-2, 2));
    fields[at] = { ...field, value: dice.chance(0.5) ? value + near : BigInt(dice.pick(EXTREMES)) };
  } else if ('bytes' in value) {
    const others = all.flat().flatMap(({ value: v }) => (typeof v === 'object' && 'bytes' in v ? [v.bytes] : []));
    const bytes = dice.chance(0.7) ? dice.pick(others) : dice.bytes(dice.int(0, 16));
    fields[at] = { ...field, value: { bytes } };
  } else if ('fixed' in value) {
    const fixed = value.fixed.slice();
    fixed.set(
      dice.pick([
        [0xff, 0xff, 0x7f, 0x7f],
        [0, 0, 0xc0, 0x7f],
        [0, 0, 0x80, 0x7f],
        [0, 0, 0, 0],
      ]),
      fixed.length - 4,
    );
    fields[at] = { ...field, value: { fixed } };
  }
};

/** Fields of ONNX's AttributeProto and TensorProto: after another kind of attribute or extent of data nothing is a model. */
const [ATTRIBUTE_TYPE, RAW_DATA] = [20, 9];

/** Integers by one or two: extents, strides, axes, choices. */
const nudge: Change = (_fields, _at, dice, all) => {
  const places = all
    .filter((list) => !list.some(({ tag }) => tag === RAW_DATA))
    .flatMap((list) => list.map((field, at) => ({ list, at, field })))
    .filter(({ field }) => typeof field.value === 'bigint' && field.tag !== ATTRIBUTE_TYPE);
  if (places.length === 0) return;
  const { list, at, field } = dice.pick(places);
  if (typeof field.value === 'bigint') list[at] = { ...field, value: field.value + BigInt(dice.pick([-2, -1, 1, 2])) };
};

const lie: Change = (fields, at, dice) => {
  const field = fields[at];
  if (field) fields[at] = { ...field, lie: dice.pick([-1, 1, 7, -100, 2 ** 20, 2 ** 31, 2 ** 50]) };
};

/** The field in a message of its own number, in another, and so on. */
const nest: Change = (fields, at, dice) => {
  let field = fields[at];
  if (!field) return;
  const outer = dice.chance(0.5) ? fields.map(({ tag }) => tag) : [field.tag];
  for (let depth = dice.pick([1, 2, 10, 100, 5000]); depth > 0; depth--) {
    field = { tag: outer[depth % outer.length] ?? field.tag, value: { bytes: write([field]) } };
  }
  fields[at] = field;
};

const CHANGES: readonly Change[] = [again, drop, swap, move, retag, revalue, revalue, revalue, lie, nest];

function changing(changes: readonly Change[]): Mutator {
  return (input, dice) => {
    const fields = parse(input);
    if (!fields || input.length > MAX_BYTES) return input;
    const all = messages(fields).filter(({ length }) => length > 0);
    if (all.length === 0) return input;
    const chosen = dice.pick(all);
    dice.pick(changes)(chosen, dice.int(0, chosen.length - 1), dice, all);
    return write(fields);
  };
}

/** Any change; bytes that are no message stay as they are. */
export const PROTOBUF_MUTATORS: readonly Mutator[] = [changing(CHANGES)];

/** Changes after which more files are models still. */
export const GENTLE_PROTOBUF_MUTATORS: readonly Mutator[] = [
  changing([drop, swap, nudge, nudge, nudge, nudge, nudge, revalue]),
];
