/** Tensors written as safetensors are read back as they were. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { readSafetensors } from '../../src/formats/safetensors/parse.ts';
import { writeSafetensors } from '../../src/formats/safetensors/write.ts';

const DTYPES = [
  'float32',
  'float16',
  'int64',
  'uint64',
  'int32',
  'uint32',
  'int16',
  'uint16',
  'int8',
  'uint8',
  'bool',
] as const;

const bools = tensorOf('bool', [3], [1, 0, 1]);

/** The header as it stands in the file. */
function headerOf(bytes: Uint8Array): Record<string, { data_offsets: number[] }> {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
}

describe('a safetensors file', () => {
  it('has every type and shape as it was given', () => {
    const tensors = DTYPES.flatMap((dtype, i): [string, Tensor][] => [
      [`${dtype}/a`, tensorOf(dtype, [3, 1], [0, 1, i === 10 ? 1 : 100])],
      [`${dtype}/scalar`, tensorOf(dtype, [], [1])],
      [`${dtype}/none`, tensorOf(dtype, [0, 4], [])],
    ]);
    const { bytes, renamed } = writeSafetensors(tensors);
    expect(readSafetensors(bytes)).toEqual(new Map(tensors));
    expect(renamed.size).toBe(0);
  });

  it('has bfloat16 as such, which is read as float32 of the same value', () => {
    const { bytes } = writeSafetensors([['b', tensorOf('bfloat16', [2], [1.5, -3])]]);
    expect(headerOf(bytes)['b']).toMatchObject({ dtype: 'BF16', data_offsets: [0, 4] });
    expect(readSafetensors(bytes).get('b')).toEqual(tensorOf('float32', [2], [1.5, -3]));
  });

  it('aligns its data, whatever comes before it', () => {
    const tensors = [
      ['bytes', tensorOf('uint8', [3], [1, 2, 3])],
      ['doubles', tensorOf('int64', [1], [7])],
      ['floats', tensorOf('float32', [1], [7])],
    ] as const;
    for (const name of ['', 'n', 'na', 'nam']) {
      const { bytes } = writeSafetensors(tensors, { name });
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
      const header = headerOf(bytes);
      expect(header['doubles']?.data_offsets).toEqual([0, 8]);
      expect(header['floats']?.data_offsets).toEqual([8, 12]);
      expect(header['__metadata__']).toEqual({ name });
      expect(readSafetensors(bytes)).toEqual(new Map(tensors));
    }
  });

  it('keeps the order of names, also of those that look like numbers', () => {
    const { bytes } = writeSafetensors([
      ['b', bools],
      ['1', bools],
      ['__proto__', bools],
    ]);
    expect([...readSafetensors(bytes).keys()].sort()).toEqual(['1', '__proto__', 'b']);
    expect(new TextDecoder().decode(bytes)).toMatch(/"b":.*"1":.*"__proto__":/);
  });

  it('gives tensors other names whose own cannot stand in it, and takes nobody’s', () => {
    const tensors = ['', 'tensor', '__metadata__', 'metadata', '\ud800', '\ufffd', 'tensor', '\ufeffbom'].map(
      (name) => [name, bools] as const,
    );
    const { bytes, renamed } = writeSafetensors(tensors, { producer: 'test' });
    const names = ['tensor', 'metadata', '\ufffd', '\ufeffbom', 'tensor_1', 'metadata_1', '\ufffd_1', 'tensor_2'];
    expect(new Set(readSafetensors(bytes).keys())).toEqual(new Set(names));
    expect(renamed).toEqual(
      new Map([
        ['', 'tensor_1'],
        ['__metadata__', 'metadata_1'],
        ['\ud800', '\ufffd_1'],
        ['tensor', 'tensor_2'],
      ]),
    );
  });

  it('may have no tensors', () => {
    expect(readSafetensors(writeSafetensors([]).bytes)).toEqual(new Map());
  });
});
