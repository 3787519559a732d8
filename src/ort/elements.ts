/** Between the tensors of `tilewise/ort` and those of a session: element types both have, and elements in host memory. */
import { isDType, type DType } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { fromRaw, toRaw } from '../core/raw.ts';
import type { Tensor } from '../core/tensor.ts';
import { requireSame } from './fetches.ts';
import { viewOf } from './tensor-arrays.ts';
import { TensorImpl } from './tensor-impl.ts';
import type { AnyTensor } from './tensor-types.ts';

/** The type that a page sees: bfloat16, which the interface lacks, is given and taken as float32. */
export function tensorType(dtype: DType): Exclude<DType, 'bfloat16'> {
  return dtype === 'bfloat16' ? 'float32' : dtype;
}

/** The session's name of a tensor's type. Throws InputError for types that no model tilewise reads has. */
export function givenDtype(name: string, { type }: AnyTensor): DType {
  if (isDType(type)) return type;
  throw new InputError(`the tensor given for "${name}" has ${type} elements, which tilewise does not compute with`, {
    hint:
      'It has float32, float16, int64, uint64, int32, uint32, int16, uint16, int8, uint8 and bool; what a model declares as ' +
      'float64 it takes and gives as float32',
  });
}

/** A copy of a tensor's elements as a session takes them. Throws InputError for elements no session can take. */
export function toHost(name: string, given: AnyTensor): Tensor {
  const dtype = givenDtype(name, given);
  const { data } = given;
  if (Array.isArray(data)) throw new InputError(`the tensor given for "${name}" holds strings`);
  try {
    return fromRaw(dtype, given.dims, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  } catch (cause) {
    throw new InputError(`"${name}": ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A result in host memory; in `target` if there is one, whose elements are overwritten. */
export function fromHost(name: string, result: Tensor, target: AnyTensor | null): AnyTensor {
  const { shape } = result;
  const dtype = tensorType(result.dtype);
  const bytes = toRaw({ ...result, dtype });
  if (!target) {
    const buffer = new ArrayBuffer(bytes.byteLength);
    new Uint8Array(buffer).set(bytes);
    return new TensorImpl(dtype, viewOf(dtype, buffer), shape);
  }
  requireSame(name, target, dtype, shape);
  const { data } = target;
  if (Array.isArray(data)) throw new InputError(`the tensor given for output "${name}" holds strings`);
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes);
  return target;
}
