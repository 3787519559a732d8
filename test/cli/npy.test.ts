/** Array files of NumPy: what numpy wrote is read, what is written reads back, damaged files are refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isNpy, readNpy, writeNpy } from '../../src/cli/npy.ts';
import { hostArray, type DType } from '../../src/core/dtype.ts';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import { DTYPES } from '../conformance/support/support.ts';

const { files } = JSON.parse(readFileSync(join(import.meta.dirname, 'numpy-files.json'), 'utf8')) as {
  files: Record<string, string>;
};

function fileOf(name: string): Uint8Array {
  return new Uint8Array(Buffer.from(files[name] ?? '', 'base64'));
}

/** A file with this header, and so many bytes of data. */
function made(header: string, bytes: number, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), version, 0, ...length, ...text, ...new Uint8Array(bytes)]);
}

describe('readNpy', () => {
  it.each(Object.keys(files).filter((name) => /^[<>|][fiu]\d$|^v\d$/.test(name)))('%s', (name) => {
    const { shape, data } = readNpy(fileOf(name));
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([0, 1, 2, 3, 4, 100]);
  });

  it('reads booleans, columns first, scalars, vectors and nothing', () => {
    expect([...readNpy(fileOf('|b1')).data]).toEqual([0, 1, 1, 1, 1, 1]);
    expect(readNpy(fileOf('fortran'))).toEqual({ shape: [2, 3, 4], data: Float32Array.from(range(24)) });
    expect(readNpy(fileOf('scalar'))).toEqual({ shape: [], data: Float32Array.of(7.5) });
    expect(readNpy(fileOf('vector'))).toEqual({ shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(readNpy(fileOf('empty'))).toEqual({ shape: [2, 0], data: new Float32Array() });
  });

  it('reads from the middle of a buffer', () => {
    const file = fileOf('<f8');
    const around = new Uint8Array(file.length + 3);
    around.set(file, 3);
    expect([...readNpy(around.subarray(3)).data]).toEqual([0, 1, 2, 3, 4, 100]);
  });

  it.each([
    ['strings', fileOf('strings'), /no plain numbers \(descr: '<U2'/],
    ['structured', fileOf('structured'), /no plain numbers \(descr: \[/],
    ['complex', fileOf('complex'), /no plain numbers/],
    ['a name of every object', made("{'descr': '<toString', 'fortran_order': False, 'shape': (1,), }", 4), /no plain/],
    ['another version', made('{}', 0, 9), /has version 9/],
    ['magic alone', fileOf('<f4').subarray(0, 6), /has version 0/],
    ['half a header', fileOf('<f4').subarray(0, 9), /ends in its header/],
    ['a header past the end', fileOf('<f4').subarray(0, 60), /says that its header has 118 bytes, of 60 in all/],
    ['a byte too few', fileOf('<f4').subarray(0, -1), /takes 24 bytes, and has 23/],
    ['a byte too many', Uint8Array.from([...fileOf('<f4'), 0]), /takes 24 bytes, and has 25/],
    ['nonsense', made('x'.repeat(54), 4), /header of the \.npy file is damaged/],
    ['negative extents', made("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1), }", 4), /is no shape/],
    [
      'more elements than there are bytes in the world',
      made("{'descr': '<f4', 'fortran_order': True, 'shape': (999999999999999, 999999999999999), }", 4),
      /and has 4/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(InputError);
    expect(() => readNpy(bytes)).toThrow(message);
  });
});

describe('writeNpy', () => {
  it.each(DTYPES)('%s', (dtype) => {
    const data = hostArray(dtype, 6);
    data.set([0, 1, 1, 0, 1, 0]);
    const bytes = writeNpy({ dtype, shape: [1, 2, 3], data });
    expect(isNpy(bytes)).toBe(true);
    const { shape, data: read } = readNpy(bytes);
    expect([shape, ...read]).toEqual([[1, 2, 3], ...data]);
    expect((new DataView(bytes.buffer).getUint16(8, true) + 10) % 64).toBe(0);
  });

  it.each<[DType, readonly number[]]>([
    ['uint16', [0, 1, 32768, 65535]],
    ['int16', [-32768, -1, 32767, 0]],
    ['uint64', [0, 2 ** 31, 2 ** 32 - 1, 7]],
    ['int64', [-(2 ** 31), -1, 2 ** 31 - 1, 0]],
    // As float32, which has all of them.
    ['bfloat16', [1.5, -0.0078125, 3.3895313892515355e38, -Infinity]],
  ])('%s, to its ends', (dtype, values) => {
    const { shape, data } = readNpy(writeNpy(tensorOf(dtype, [4], values)));
    expect([shape, ...data]).toEqual([[4], ...values]);
  });

  it('writes the very bytes that numpy writes', () => {
    const data = Float32Array.of(0, 1, 2, 3, 4, 100);
    expect(writeNpy({ dtype: 'float32', shape: [2, 3], data })).toEqual(fileOf('<f4'));
    expect(writeNpy({ dtype: 'float32', shape: [3], data: data.subarray(0, 3).map((_, i) => i + 1) })).toEqual(
      fileOf('vector'),
    );
    expect(writeNpy({ dtype: 'float32', shape: [], data: Float32Array.of(7.5) })).toEqual(fileOf('scalar'));
  });
});
