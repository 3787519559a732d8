/** What the suite's data of bfloat16 lack: they are bit patterns in uint16 tensors, made with a NumPy that has no such type. */
import { compareTensors, type Comparison } from '../../src/core/compare.ts';
import { fromRaw, toRaw } from '../../src/core/raw.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { ValueInfoProto } from '../../src/formats/onnx/proto.ts';
import { product } from '../../src/util/arrays.ts';

/** TensorProto.DataType of bfloat16. */
const BFLOAT16 = 16;

/** A tensor as the model declares the input: a bfloat16 one; and all of its elements where only its type counts and it has one. */
export function asDeclared(test: string, { elemType, dims = [] }: ValueInfoProto, feed: Tensor): Tensor {
  const own = elemType === BFLOAT16 && feed.dtype === 'uint16' ? fromRaw('bfloat16', feed.shape, toRaw(feed)) : feed;
  if (!/^test_castlike_.*BFLOAT16/.test(test) || own.data.length !== 1) return own;
  const shape = dims.map(({ value = 1 }) => value);
  return tensorOf(own.dtype, shape, Array<number>(product(shape)).fill(own.data[0] ?? 0));
}

/**
 * Compares bit patterns: the suite cut numbers off, where casts are to round, so that they may be one pattern apart.
 * Undefined for other results.
 */
export function comparePatterns(actual: Tensor, expected: Tensor): Comparison | undefined {
  if (actual.dtype !== 'bfloat16' || expected.dtype !== 'uint16') return undefined;
  return compareTensors(fromRaw('uint16', actual.shape, toRaw(actual)), expected, { rtol: 0, atol: 1 });
}
