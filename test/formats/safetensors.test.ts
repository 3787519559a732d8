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

/** A tensor of bytes from `begin` to `end`. */
const u8 = (begin: number, end: number) => ({ dtype: 'U8', shape: [end - begin], data_offsets: [begin, end] });

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
    ['I16', bytesOf(new Int16Array([-32768, 6])), 'int16', [-32768, 6]],
    ['U16', bytesOf(new Uint16Array([65535, 6])), 'uint16', [65535, 6]],
    ['U64', bytesOf(new BigUint64Array([2n ** 32n - 1n, 6n])), 'uint64', [2 ** 32 - 1, 6]],
    ['I8', bytesOf(new Int8Array([-5, 6])), 'int8', [-5, 6]],
    ['U8', bytesOf(new Uint8Array([5, 255])), 'uint8', [5, 255]],
  ])('reads %s', (type, data, dtype, values) => {
    const t = readSafetensors(one(type, [2], data), 'f').get('t');
    expect([t?.dtype, Array.from(t?.data ?? [])]).toEqual([dtype, values]);
  });

  it.each([
    ['U64', bytesOf(new BigUint64Array([2n ** 32n])), 'uint64 value 4294967296 does not fit 32 bits'],
    ['I64', bytesOf(new BigInt64Array([-(2n ** 31n) - 1n])), 'int64 value -2147483649 does not fit 32 bits'],
  ])('refuses %s beyond 32 bits', (type, data, message) => {
    expect(() => readSafetensors(one(type, [1], data), 'f')).toThrow(message);
  });

  it('reads from a view into a larger buffer', () => {
    const file = encodeSafetensors({ a: tensorOf('float32', [1], [3]) });
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect(Array.from(readSafetensors(larger.subarray(3), 'f').get('a')?.data ?? [])).toEqual([3]);
  });

  it('reads tensors in any order, empty ones between, and names with anything in them', () => {
    const name = 'a "b" {c}: [d], \\ __proto__';
    const header = JSON.stringify({ [name]: u8(4, 8), e: u8(4, 4), ['__proto__']: u8(0, 4), f: u8(8, 8) });
    const tensors = readSafetensors(safetensorsOf(`${header}   `, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), 'f');
    expect([...tensors].map(([key, t]) => [key, [...t.data]])).toEqual([
      [name, [5, 6, 7, 8]],
      ['e', []],
      ['__proto__', [1, 2, 3, 4]],
      ['f', []],
    ]);
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
      /tensor "t" and tensor "u" overlap/,
    ],
    ['bytes behind the last tensor', safetensorsOf(entry(u8(0, 7)), data), /1 bytes behind tensor "t"/],
    ['data and no tensor', safetensorsOf('{}', data), /8 bytes behind the header/],
    [
      'bytes before the first tensor',
      safetensorsOf(entry(u8(1, 8)), data),
      /1 bytes between the header and tensor "t"/,
    ],
    [
      'a hole',
      safetensorsOf(JSON.stringify({ t: u8(5, 8), u: u8(0, 4) }), data),
      /1 bytes between tensor "u" and .*"t"/,
    ],
    ['an empty tensor in a hole', safetensorsOf(JSON.stringify({ t: u8(0, 8), u: u8(3, 3) }), data), /overlap/],
    ['a tensor in a tensor', safetensorsOf(JSON.stringify({ t: u8(0, 8), u: u8(2, 4) }), data), /overlap/],
    ['one range for two', safetensorsOf(JSON.stringify({ t: u8(0, 8), u: u8(0, 8) }), data), /overlap/],
    [
      'a name twice',
      safetensorsOf(`{"t":${JSON.stringify(u8(0, 8))},"t":${JSON.stringify(u8(0, 8))}}`, data),
      /"t" twice/,
    ],
    [
      'a name twice in other letters',
      safetensorsOf(`{"t":${JSON.stringify(u8(0, 4))} , "\\u0074" : ${JSON.stringify(u8(4, 8))}}`, data),
      /"t" twice/,
    ],
    [
      'an extent twice',
      safetensorsOf('{"t":{"dtype":"U8","shape":[4],"shape":[8],"data_offsets":[0,8]}}', data),
      /"shape" twice/,
    ],
    ['a deep shape', safetensorsOf(`{"t":{"shape":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`, data), /nested more than 3/],
    [
      'metadata that is no text',
      safetensorsOf(JSON.stringify({ t: u8(0, 8), __metadata__: { a: 1 } }), data),
      /metadata/,
    ],
    ['metadata that is a list', safetensorsOf(JSON.stringify({ t: u8(0, 8), __metadata__: [] }), data), /metadata/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow(ImportError);
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow(message);
    expect(() => readSafetensors(bytes, 'w.safetensors')).toThrow('file w.safetensors');
  });
});

it('of what is no Uint8Array says what to make of it', () => {
  expect(() => readSafetensors(new ArrayBuffer(8) as never)).toThrow('new Uint8Array(buffer)');
});

it('is recognised as a model file, but holds no network', async () => {
  const bytes = encodeSafetensors({ a: tensorOf('float32', [1], [3]) });
  await expect(importModel({ main: { name: 'w', bytes }, read: noFile })).rejects.toThrow(
    /weights only \(1 tensors.*tilewise\/models/,
  );
});
