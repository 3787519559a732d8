/** A tensor as a subgraph declares it, and the elements of constants. */
import type { DType } from '../../core/dtype.ts';
import { ImportError } from '../../core/errors.ts';
import { elementCount, type Shape, type Tensor } from '../../core/tensor.ts';
import { fromRaw } from '../../core/raw.ts';
import { product } from '../../util/arrays.ts';
import type { FlatTable } from '../lib/flatbuffer.ts';
import { readQuantisation, type Quantisation } from './quantisation.ts';
import { SLOT, TYPES, type TypeName } from './schema.ts';

/** A tensor's declaration. */
export interface TfliteTensor {
  readonly index: number;
  /** What the file calls it, which another may be called too, or ''. */
  readonly name: string;
  readonly type: TypeName;
  /** Extents; 1 for those that are not known, as converters have it. */
  readonly shape: Shape;
  /** Extents as the file leaves them open: −1 for those that are not known. */
  readonly signature: readonly number[];
  /** Index of the buffer with its elements; there are none in an empty one. */
  readonly buffer: number;
  /** State that operators change from run to run. */
  readonly isVariable: boolean;
  readonly quantisation: Quantisation | undefined;
  /** How the elements that are there lie in the tensor, where the others are 0. */
  readonly sparsity: FlatTable | undefined;
  /** The elements lie in a file of their own. */
  readonly isExternal: boolean;
}

/** Reads a declaration. Throws ImportError that names the tensor where it does not hold. */
export function readDeclaration(table: FlatTable, index: number, buffers: readonly Uint8Array[]): TfliteTensor {
  const slot = SLOT.tensor;
  const name = table.string(slot.name, 'a name');
  const fail = (what: string): never => table.fail(`("${name}") ${what}`);
  const code = table.int8(slot.type);
  const type = TYPES[code] ?? fail(`has element type ${code}, which is none`);
  const [declared, open] = [table.ints(slot.shape, 'its shape'), table.ints(slot.signature, 'its shape signature')];
  const signature = open.length === 0 ? declared : open;
  const known = signature.length === declared.length && [...signature, ...declared].every((d) => d >= -1);
  if (!known) fail(`has the shape [${declared.join(', ')}] and the shape signature [${open.join(', ')}]`);
  const buffer = table.uint32(slot.buffer);
  const elements =
    buffers[buffer] ?? (buffer === 0 ? new Uint8Array() : fail(`names buffer ${buffer} of ${buffers.length}`));
  const parameters = table.table(slot.quantisation, 'its quantisation');
  const shape = declared.map((d) => (d < 0 ? 1 : d));
  return {
    index,
    name,
    type,
    shape,
    signature,
    buffer,
    isVariable: table.bool(slot.isVariable),
    quantisation: parameters && readQuantisation(parameters, { type, shape, elements, fail }),
    sparsity: table.table(slot.sparsity, 'its sparsity'),
    isExternal: table.uint32(slot.external) !== 0,
  };
}

/** The engine's type for each of the file's, where it holds the values; float64 is narrowed to float32. */
const DTYPES: { readonly [T in TypeName]?: DType } = {
  float32: 'float32',
  float16: 'float16',
  float64: 'float32',
  int64: 'int64',
  uint64: 'uint64',
  int32: 'int32',
  uint32: 'uint32',
  int16: 'int16',
  uint16: 'uint16',
  int8: 'int8',
  uint8: 'uint8',
  bool: 'bool',
};

/** The engine's type of a tensor that runs compute; undefined where it has none. */
export function dtypeOfTflite(type: TypeName): DType | undefined {
  return DTYPES[type];
}

/** Types that only constants have here: bits of an element, and what holds its value. */
const PACKED: { readonly [T in TypeName]?: { readonly bits: number; readonly dtype: DType } } = {
  int4: { bits: 4, dtype: 'int8' },
  uint4: { bits: 4, dtype: 'uint8' },
  int2: { bits: 2, dtype: 'int8' },
};

/** The engine's type of a constant: its values fit, whatever they are. Undefined where no type holds them. */
export function dtypeOfConstant(type: TypeName): DType | undefined {
  return type === 'bfloat16' ? 'float32' : (PACKED[type]?.dtype ?? DTYPES[type]);
}

/** Bits of one element, of types that constants can have. */
function bitsOf(type: TypeName): number {
  const bits = {
    float64: 64,
    int64: 64,
    uint64: 64,
    uint16: 16,
    float16: 16,
    bfloat16: 16,
    int16: 16,
    int8: 8,
    uint8: 8,
    bool: 8,
  } as const;
  return PACKED[type]?.bits ?? (bits as { readonly [T in TypeName]?: number })[type] ?? 32;
}

/**
 * The elements of a constant, copied. Throws ImportError naming tensor and file when there are not as many bytes as its
 * shape says, or an int64 does not fit int32.
 */
export function constantTensor(
  { name, type, shape }: Pick<TfliteTensor, 'name' | 'type' | 'shape'>,
  bytes: Uint8Array,
  file: string,
): Tensor {
  const fail = (what: string, cause?: unknown): never => {
    const detail = { file, format: 'tflite', cause };
    throw new ImportError(`tensor "${name}" (${type} [${shape.join(', ')}]) ${what}`, detail);
  };
  const dtype = dtypeOfConstant(type) ?? fail('has elements that the engine does not hold');
  const expected = Math.ceil((product(shape) * bitsOf(type)) / 8);
  if (expected !== bytes.length) return fail(`takes ${expected} bytes, the file holds ${bytes.length}`);
  elementCount(shape);
  try {
    return { dtype, shape, data: elementsOf(type, dtype, shape, bytes) };
  } catch (error) {
    return fail(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function elementsOf(type: TypeName, dtype: DType, shape: Shape, bytes: Uint8Array): Tensor['data'] {
  const packed = PACKED[type];
  if (packed) return unpacked(packed.bits, dtype, product(shape), bytes);
  if (type === 'float64') return new Float32Array(new Float64Array(new Uint8Array(bytes).buffer));
  if (type === 'bfloat16') {
    const halves = new Uint16Array(new Uint8Array(bytes).buffer);
    return new Float32Array(new Uint32Array(halves).map((half) => half << 16).buffer);
  }
  return fromRaw(dtype, shape, bytes).data;
}

/** Integers of less than a byte, the first in the lowest bits. */
function unpacked(bits: number, dtype: DType, count: number, bytes: Uint8Array): Int8Array | Uint8Array {
  const data = dtype === 'int8' ? new Int8Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const shifted = (bytes[Math.floor((i * bits) / 8)] ?? 0) << (32 - bits - ((i * bits) % 8));
    data[i] = dtype === 'int8' ? shifted >> (32 - bits) : shifted >>> (32 - bits);
  }
  return data;
}
