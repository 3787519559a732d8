/** Writes how the elements of a sparse tensor lie in it. */
import type { Builder, Offset } from 'flatbuffers';
import { SLOT } from '../schema.ts';
import type { WrittenDimension, WrittenSparsity } from './file.ts';
import { bytes, ints, offsets, tableOf, uint16s } from './flatbuffer.ts';

/** The table of a tensor's sparsity. */
export function sparsity(b: Builder, { order, blockMap, dimensions }: WrittenSparsity): Offset {
  const [walk, blocks] = [ints(b, order), blockMap && ints(b, blockMap)];
  const levels = offsets(
    b,
    dimensions.map((dimension) => dimensionOf(b, dimension)),
  );
  const slot = SLOT.sparsity;
  return tableOf(b, 3, () => {
    b.addFieldOffset(slot.order, walk, 0);
    if (blocks) b.addFieldOffset(slot.blockMap, blocks, 0);
    b.addFieldOffset(slot.dimensions, levels, 0);
  });
}

function dimensionOf(b: Builder, dimension: WrittenDimension): Offset {
  const slot = SLOT.dimension;
  if ('size' in dimension) return tableOf(b, 6, () => b.addFieldInt32(slot.size, dimension.size, 0));
  const { segments, indices, width = 32 } = dimension;
  const lists = [segments, indices].map((values) => {
    const vector = indexVector(b, values, width);
    return tableOf(b, 1, () => b.addFieldOffset(0, vector, 0));
  });
  const kind = { 32: 1, 16: 2, 8: 3 }[width];
  return tableOf(b, 6, () => {
    b.addFieldInt8(slot.format, 1, 0);
    b.addFieldInt8(slot.segmentsType, kind, 0);
    b.addFieldOffset(slot.segments, lists[0] ?? 0, 0);
    b.addFieldInt8(slot.indicesType, kind, 0);
    b.addFieldOffset(slot.indices, lists[1] ?? 0, 0);
  });
}

function indexVector(b: Builder, values: readonly number[], width: 8 | 16 | 32): Offset {
  if (width === 8) return bytes(b, Uint8Array.from(values));
  return width === 16 ? uint16s(b, values) : ints(b, values);
}
