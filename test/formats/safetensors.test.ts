/** Safetensors: every element type, and every way a header can lie. */
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { importModel } from '../../src/formats/detect.ts';
import { readSafetensors } from '../../src/formats/safetensors/parse.ts';
import { encodeSafetensors, safetensorsOf } from '../helpers/safetensors-bytes.ts';

/** One tensor "t" of a type, from raw bytes. */
function one(dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  return safetensorsOf(JSON.stringify({ t: { dtype, shape, data_offsets: [0, data.length] } }), data);
}

/** A header with one entry "t". */
const entry = (t: unknown): string => JSON.stringify({ t });

const noFile = (): Promise<Uint8Array> => Promise.reject(new TypeError('no file'));

const bytesOf = (array: ArrayBufferView<ArrayBuffer>): Uint8Array => new Uint8Array(array.buffer);

describe('readSafetensors', () => {
  it('reads several tensors, skipping the metadata', () => {
    const tensors = {
      'a.weight': tensorOf('float32', [2, 2], [1, 2, 3, 4]),
      'a.bias': tensorOf('float16', [3], [0.5, -1, 65504]),
      steps: tensorOf('int64', [], [-7]),
      mask: tensorOf('bool', [2], [1, 0]),
    };
    expect(Object.fromEntries(readSafetensors(encodeSafetensors(tensors), 'f'))).toEqual(tensors);
  });

  it.each([
    ['F64', bytesOf(new Float64Array([1.5, -2])), 'float32', [1.5, -2]],
    ['BF16', bytesOf(new Uint16Array([0x3fc0, 0xc000])), 'float32', [1.5, -2]],
    ['I32', bytesOf(new Int32Array([-5, 6])), 'int32', [-5, 6]],
    ['U32', bytesOf(new Uint32Array([5, 2 ** 32 - 1])), 'uint32', [5, 2 ** 32 - 1]],
    ['I8', bytesOf(new Int8Array([-5, 6])), 'int8', [-5, 6]],
    ['U8', bytesOf(new Uint8Array([5, 255])), 'uint8', [5, 255]],
  ])('reads %s', (type, data, dtype, values) => {
    const t = readSafetensors(one(type, [2], data), 'f').get('t');
    expect([t?.dtype, Array.from(t?.data ?? [])]).toEqual([dtype, values]);
  });

  it('reads from a view into a larger buffer', () => {
    const file = encodeSafetensors({ a: tensorOf('float32', [1], [3]) });
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect(Array.from(readSafetensors(larger.subarray(3), 'f').get('a')?.data ?? [])).toEqual([3]);
  });

  const data = new Uint8Array(8);
  it.each([
    ['an empty file', new Uint8Array(), /too few/],
    ['a header beyond the file', safetensorsOf('{}', data, 1000n), /header of 1000 bytes/],
    ['a huge header', safetensorsOf('{}', data, 2n ** 60n), /header of/],
    ['bad JSON', safetensorsOf('{nope', data), /no JSON/],
    ['bad UTF-8', safetensorsOf('{}', data, 9n), /no JSON/],
    ['a list', safetensorsOf('[]', data), /no JSON object/],
    ['an entry that is no object', safetensorsOf(entry(3), data), /"t" is no object/],
    ['an unknown type', safetensorsOf(entry({ dtype: 'F8', shape: [1], data_offsets: [0, 1] }), data), /type F8/],
    ['a prototype type', safetensorsOf(entry({ dtype: 'toString', shape: [1], data_offsets: [0, 1] }), data), /type/],
    ['no shape', safetensorsOf(entry({ dtype: 'U8', data_offsets: [0, 1] }), data), /the shape/],
    ['a negative extent', safetensorsOf(entry({ dtype: 'U8', shape: [-1], data_offsets: [0, 1] }), data), /the shape/],
    ['one offset', safetensorsOf(entry({ dtype: 'U8', shape: [1], data_offsets: [0] }), data), /the offsets/],
    ['reversed offsets', safetensorsOf(entry({ dtype: 'U8', shape: [1], data_offsets: [2, 1] }), data), /lies at 2…1/],
    ['offsets out of range', safetensorsOf(entry({ dtype: 'U8', shape: [9], data_offsets: [0, 9] }), data), /lies at/],
    ['a size that differs', safetensorsOf(entry({ dtype: 'F32', shape: [1], data_offsets: [0, 8] }), data), /takes 4/],
    [
      '2 GiB declared in a small file',
      safetensorsOf(entry({ dtype: 'F32', shape: [2 ** 29], data_offsets: [0, 2 ** 31] }), data),
      /lies at/,
    ],
    [
      'an overlap',
      safetensorsOf(
        JSON.stringify({
          t: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          u: { dtype: 'F32', shape: [1], data_offsets: [2, 6] },
        }),
        data,
      ),
      /"t" and "u" overlap/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow(ImportError);
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow(message);
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow('file w.safetensors');
  });
});

it('is recognised as a model file, but holds no network', async () => {
  const bytes = encodeSafetensors({ a: tensorOf('float32', [1], [3]) });
  await expect(importModel({ main: { name: 'w', bytes }, read: noFile })).rejects.toThrow(
    /weights only \(1 tensors.*tilewise\/models/,
  );
});
