/** Tells ONNX files by their content: the top-level fields of a ModelProto. */
import { PbfReader } from 'pbf';

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
  const pbf = new PbfReader(bytes);
  for (let i = 0; i < MAX_FIELDS && pbf.pos < bytes.length; i++) {
    const tag = varint(pbf);
    if (tag === undefined) return false;
    const field = Math.floor(tag / 8);
    if (FIELDS[field] !== tag % 8) return false;
    const value = varint(pbf);
    if (value === undefined) return false;
    if (field === GRAPH) return true;
    if (tag % 8 === 2) pbf.pos += value;
  }
  return false;
}

/** A varint that lies within the buffer. */
function varint(pbf: PbfReader): number | undefined {
  const { buf, pos } = pbf;
  for (let i = pos; i < Math.min(buf.length, pos + 10); i++) if ((buf[i] ?? 0) < 0x80) return pbf.readVarint();
  return undefined;
}
