/** Values as the bytes of a GPU buffer: stored as floats, integers or halves, dense or with gaps. */
import { channelsOf, rowsOf, type Placement } from '../../src/core/placement.ts';
import { bytesOf, stored, type Stored } from '../../src/core/storage.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { floatToHalf } from '../../src/util/half.ts';

/** Index of an element, by its dense position. */
function indexOf({ offset, pitch, block, step, blockStep }: Placement, channels: number, i: number): number {
  const channel = i % channels;
  return offset + Math.floor(i / channels) * pitch + (channel % block) * step + Math.floor(channel / block) * blockStep;
}

/** Elements a buffer needs for a value: a whole number of rows, and the offset. */
export function extentOf({ shape, placement: { offset, pitch } }: Stored): number {
  return offset + rowsOf(shape) * Math.max(pitch, channelsOf(shape));
}

/** The bytes of a buffer that holds a tensor; what lies between is filled with 0xff. */
export function placed(t: Tensor, value: Stored = stored(t)): Uint8Array<ArrayBuffer> {
  const { storage, placement } = value;
  const width = bytesOf(storage, 1);
  const bytes = new Uint8Array(Math.ceil((extentOf(value) * width) / 16) * 16).fill(0xff);
  const view = new DataView(bytes.buffer);
  const channels = channelsOf(t.shape);
  t.data.forEach((v, i) => {
    const at = indexOf(placement, channels, i) * width;
    if (storage === 'f16') view.setUint16(at, floatToHalf(v), true);
    else if (storage === 'f32') view.setFloat32(at, v, true);
    else if (width === 1) view.setUint8(at, v & 0xff);
    else view.setUint32(at, v >>> 0, true);
  });
  return bytes;
}

/**
 * Throws when a kernel wrote between the elements of its output, where another value may lie. The rest of a last word of
 * packed elements is the kernel's to write.
 */
export function requireUntouched(bytes: ArrayBuffer, value: Stored): void {
  const { storage, shape, placement } = value;
  const width = bytesOf(storage, 1);
  const channels = channelsOf(shape);
  const own = new Set<number>();
  for (let i = 0; i < rowsOf(shape) * channels; i++) own.add(indexOf(placement, channels, i));
  const elements = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width];
  if (!elements) throw new Error(`elements of ${width} bytes`);
  const blank = 2 ** (8 * width) - 1;
  const extent = extentOf(value);
  const found = new elements(bytes);
  for (let i = 0; i < extent; i++) {
    if (!own.has(i) && found[i] !== blank) throw new Error(`element ${i}, which is not the output's, was written`);
  }
}
