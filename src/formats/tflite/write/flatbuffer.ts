/** Tables and lists of a flatbuffer under construction. What a table refers to is made before it. */
import type { Builder, Offset } from 'flatbuffers';

/** A table of so many slots, whose fields `fill` adds. */
export function tableOf(b: Builder, slots: number, fill: () => void = () => undefined): Offset {
  b.startObject(slots);
  fill();
  return b.endObject();
}

export function bytes(b: Builder, values: Uint8Array): Offset {
  return b.createByteVector(values);
}

export function ints(b: Builder, values: readonly number[]): Offset {
  return list(b, 4, values, (value) => b.addInt32(value));
}

export function uint16s(b: Builder, values: readonly number[]): Offset {
  return list(b, 2, values, (value) => b.addInt16(value));
}

export function floats(b: Builder, values: readonly number[]): Offset {
  return list(b, 4, values, (value) => b.addFloat32(value));
}

export function longs(b: Builder, values: readonly number[]): Offset {
  return list(b, 8, values, (value) => b.addInt64(BigInt(value)));
}

/** A list of tables. */
export function offsets(b: Builder, values: readonly Offset[]): Offset {
  return list(b, 4, values, (value) => b.addOffset(value));
}

/** Lists are written from their end. */
function list(b: Builder, width: number, values: readonly number[], add: (value: number) => void): Offset {
  b.startVector(width, values.length, width);
  for (const value of [...values].reverse()) add(value);
  return b.endVector();
}
