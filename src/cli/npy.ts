/** NumPy's array files (.npy), versions 1 to 3: tensors with their shape and type. */
import type { DType, HostArray } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { toRaw } from '../core/raw.ts';
import type { Shape, Tensor } from '../core/tensor.ts';
import { product } from '../util/arrays.ts';
import { halvesToFloats } from '../util/half.ts';

/** What a file holds: numbers in row-major order, of whatever type keeps those of the file. */
export interface NpyArray {
  readonly shape: Shape;
  readonly data: HostArray | Float64Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** More than any array of numbers has to say of itself. */
const MAX_HEADER = 1 << 16;

/** How an element type is read from bytes in this machine's order. */
interface ElementType {
  readonly bytes: number;
  readonly read: (buffer: ArrayBuffer) => HostArray | Float64Array;
}

const TYPES: Readonly<Record<string, ElementType>> = {
  f2: { bytes: 2, read: (b) => halvesToFloats(new Uint16Array(b)) },
  f4: { bytes: 4, read: (b) => new Float32Array(b) },
  f8: { bytes: 8, read: (b) => new Float64Array(b) },
  i1: { bytes: 1, read: (b) => new Int8Array(b) },
  i2: { bytes: 2, read: (b) => new Int16Array(b) },
  i4: { bytes: 4, read: (b) => new Int32Array(b) },
  // What float64 rounds of these fits no integer type of the engine.
  i8: { bytes: 8, read: (b) => Float64Array.from(new BigInt64Array(b), Number) },
  u1: { bytes: 1, read: (b) => new Uint8Array(b) },
  u2: { bytes: 2, read: (b) => new Uint16Array(b) },
  u4: { bytes: 4, read: (b) => new Uint32Array(b) },
  u8: { bytes: 8, read: (b) => Float64Array.from(new BigUint64Array(b), Number) },
  b1: { bytes: 1, read: (b) => new Uint8Array(b) },
};

const DESCRIPTIONS: { readonly [D in DType]: string } = {
  float32: '<f4',
  float16: '<f2',
  // NumPy has no bfloat16.
  bfloat16: '<f4',
  int64: '<i8',
  uint64: '<u8',
  int32: '<i4',
  uint32: '<u4',
  int16: '<i2',
  uint16: '<u2',
  int8: '|i1',
  uint8: '|u1',
  bool: '|b1',
};

/** True for bytes that begin as these files do. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Reads a file. Throws InputError for another version, for elements that are no numbers, and where bytes are missing or left. */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { header, start } = headerOf(bytes);
  const [, order, type = ''] = /['"]descr['"]\s*:\s*['"]([<>|=])(\w+)['"]/.exec(header) ?? [];
  const [, fortran] = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header) ?? [];
  const [, extents] = /['"]shape['"]\s*:\s*\(([^()]*)\)/.exec(header) ?? [];
  if (fortran === undefined || extents === undefined) throw new InputError('the header of the .npy file is damaged');
  const element = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (order === undefined || element === undefined) {
    const given = /['"]descr['"]\s*:\s*([^\n]{1,40})/.exec(header)?.[1] ?? 'none';
    throw new InputError(`the .npy file holds elements that are no plain numbers (descr: ${given})`, {
      hint: `Save it as float32, for example: array.astype('float32')`,
    });
  }
  const shape = shapeOf(extents);
  const needed = product(shape) * element.bytes;
  if (needed !== bytes.length - start) {
    throw new InputError(
      `the .npy file says (${shape.join(', ')}) of ${type}, which takes ${needed} bytes, and has ${bytes.length - start}`,
    );
  }
  const own = new Uint8Array(bytes.subarray(start));
  if (order === '>') swapBytes(own, element.bytes);
  const data = element.read(own.buffer);
  return { shape, data: fortran === 'True' ? rowMajor(shape, data) : data };
}

function headerOf(bytes: Uint8Array): { header: string; start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw new InputError(`the .npy file has version ${version}; 1 to 3 are read`);
  const at = version === 1 ? 10 : 12;
  if (bytes.length < at) throw new InputError('the .npy file ends in its header');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = at + length;
  if (length > MAX_HEADER || start > bytes.length) {
    throw new InputError(`the .npy file says that its header has ${length} bytes, of ${bytes.length} in all`);
  }
  return { header: new TextDecoder().decode(bytes.subarray(at, start)), start };
}

function shapeOf(extents: string): number[] {
  const parts = extents.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  // Python 2 wrote long integers with an L.
  if (!parts.every((part) => /^\d{1,15}L?$/.test(part)))
    throw new InputError(`(${extents}) is no shape of a .npy file`);
  return parts.map((part) => parseInt(part, 10));
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

/** From an array whose first axis runs fastest to one whose last does. */
function rowMajor<T extends HostArray | Float64Array>(shape: Shape, data: T): T {
  const out = data.slice() as T;
  const steps = shape.map((_, axis) => product(shape.slice(0, axis)));
  const position = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [step = 0, extent = 0, reached = 0] = [steps[axis], shape[axis], (position[axis] ?? 0) + 1];
      position[axis] = reached % extent;
      from += step;
      if (reached < extent) break;
      from -= step * extent;
    }
  }
  return out;
}

/** The bytes of a file, version 1, in the tensor's own type, or float32 for bfloat16. */
export function writeNpy(tensor: Tensor): Uint8Array {
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const said = `{'descr': '${DESCRIPTIONS[tensor.dtype]}', 'fortran_order': False, 'shape': (${shape}), }`;
  const start = MAGIC.length + 4;
  // Elements begin at a multiple of 64, so that they can be mapped into memory.
  const padding = 63 - ((start + said.length) % 64);
  const header = new TextEncoder().encode(`${said}${' '.repeat(padding)}\n`);
  const elements = toRaw(tensor.dtype === 'bfloat16' ? { ...tensor, dtype: 'float32' } : tensor);
  const out = new Uint8Array(start + header.length + elements.length);
  out.set([...MAGIC, 1, 0, header.length & 0xff, header.length >> 8]);
  out.set(header, start);
  out.set(elements, start + header.length);
  return out;
}
