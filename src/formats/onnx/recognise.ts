/** Tells ONNX files by their content: the top-level fields of a ModelProto. */

/** Wire type of each field of ModelProto. */
const FIELDS: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
};

const GRAPH = 7;

/** A model has few top-level fields; metadata entries and functions repeat. */
const MAX_FIELDS = 10_000;

/**
 * True when the bytes are a sequence of ModelProto fields that includes a graph. A truncated file counts as long as
 * the graph has begun, so that the importer can say that it is truncated.
 */
export function recogniseOnnx(bytes: Uint8Array): boolean {
  for (let i = 0, pos = 0; i < MAX_FIELDS && pos < bytes.length; i++) {
    const tag = varint(bytes, pos);
    if (!tag) return false;
    const field = Math.floor(tag.value / 8);
    if (FIELDS[field] !== tag.value % 8) return false;
    const value = varint(bytes, tag.end);
    if (!value) return false;
    if (field === GRAPH) return true;
    pos = tag.value % 8 === 2 ? value.end + value.value : value.end;
  }
  return false;
}

/** A varint that lies within the bytes, and where it ends. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < Math.min(10, bytes.length - start); i++) {
    const byte = bytes[start + i] ?? 0;
    value += (byte % 0x80) * 0x80 ** i;
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return undefined;
}
