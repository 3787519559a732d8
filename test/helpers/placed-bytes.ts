/** Values as the bytes of a GPU buffer: stored as floats, integers or halves, dense or with gaps. */
import { storedBytes, wgslScalar } from '../../src/core/dtype.ts';
import { channelsOf, densePlacement, rowsOf, type Placement } from '../../src/core/placement.ts';
import type { Tensor, TensorDesc } from '../../src/core/tensor.ts';
import { floatToHalf } from '../../src/util/half.ts';

/** Index of an element, by its dense position. */
function indexOf({ offset, pitch, block, step, blockStep }: Placement, channels: number, i: number): number {
  const channel = i % channels;
  return offset + Math.floor(i / channels) * pitch + (channel % block) * step + Math.floor(channel / block) * blockStep;
}

/** Elements a buffer needs for a value: a whole number of rows, and the offset. */
export function extentOf({ shape }: TensorDesc, { offset, pitch }: Placement): number {
  return offset + rowsOf(shape) * Math.max(pitch, channelsOf(shape));
}

/** The bytes of a buffer that holds a tensor; what lies between is filled with 0xff. */
export function placed(t: Tensor, desc: TensorDesc = t, placement = densePlacement(t.shape)): Uint8Array<ArrayBuffer> {
  const width = storedBytes(desc.dtype);
  const bytes = new Uint8Array(Math.ceil((extentOf(desc, placement) * width) / 16) * 16).fill(0xff);
  const view = new DataView(bytes.buffer);
  const channels = channelsOf(t.shape);
  const scalar = wgslScalar(t.dtype);
  t.data.forEach((v, i) => {
    const at = indexOf(placement, channels, i) * width;
    if (width === 2) view.setUint16(at, floatToHalf(v), true);
    else if (scalar === 'f32') view.setFloat32(at, v, true);
    else view.setUint32(at, v >>> 0, true);
  });
  return bytes;
}

/** Throws when a kernel wrote between the elements of its output, where another value may lie. */
export function requireUntouched(bytes: ArrayBuffer, desc: TensorDesc, placement: Placement): void {
  const width = storedBytes(desc.dtype);
  const channels = channelsOf(desc.shape);
  const own = new Set<number>();
  for (let i = 0; i < rowsOf(desc.shape) * channels; i++) own.add(indexOf(placement, channels, i));
  const elements = width === 2 ? new Uint16Array(bytes) : new Uint32Array(bytes);
  const blank = width === 2 ? 0xffff : 0xffffffff;
  const extent = extentOf(desc, placement);
  for (let i = 0; i < extent; i++) {
    if (!own.has(i) && elements[i] !== blank) throw new Error(`element ${i}, which is not the output's, was written`);
  }
}
