/** Raw little-endian bytes, half floats and the narrowing of int64. */
import { describe, expect, it, vi } from 'vitest';
import type { DType } from '../../src/core/dtype.ts';
import { ShapeError } from '../../src/core/errors.ts';
import { fromRaw, toRaw } from '../../src/core/raw.ts';
import { elementCount, tensorOf, zeros } from '../../src/core/tensor.ts';
import { brainToFloat, floatToBrain, floatToHalf, halfToFloat, halvesToFloats } from '../../src/util/half.ts';

describe('raw tensors', () => {
  it.each([
    ['float32', [1.5, -2, 3e-39, Infinity], 16],
    ['float16', [1.5, -2, 65504, 0.0999755859375], 8],
    ['bfloat16', [1.5, -2, 2 ** -133, -Infinity], 8],
    ['int64', [1, -2, 2147483647, -2147483648], 32],
    ['uint64', [0, 1, 2147483648, 4294967295], 32],
    ['int32', [1, -2, 2147483647, -2147483648], 16],
    ['uint32', [1, 2, 3, 4294967295], 16],
    ['int16', [1, -2, 32767, -32768], 8],
    ['uint16', [0, 1, 2, 65535], 8],
    ['int8', [1, -2, 127, -128], 4],
    ['uint8', [1, 2, 3, 255], 4],
    ['bool', [0, 1, 1, 0], 4],
  ] as [DType, number[], number][])('%s goes to bytes and back', (dtype, values, bytes) => {
    const t = tensorOf(dtype, [2, 2], values);
    const raw = toRaw(t);
    expect(raw.byteLength).toBe(bytes);
    expect(fromRaw(dtype, [2, 2], raw)).toEqual(t);
  });

  it('refuses a byte count that does not fit', () => {
    expect(() => fromRaw('float32', [3], new Uint8Array(8))).toThrow(ShapeError);
    expect(() => fromRaw('float32', [2 ** 30, 2 ** 10], new Uint8Array(8))).toThrow(/limit/);
    expect(() => zeros('float32', [-1])).toThrow(ShapeError);
    expect(() => elementCount([1.5])).toThrow(ShapeError);
  });

  it('refuses int64 beyond int32 unless told to saturate', () => {
    const raw = new Uint8Array(new BigInt64Array([2n ** 63n - 1n, -(2n ** 63n)]).buffer);
    expect(() => fromRaw('int64', [2], raw)).toThrow(/does not fit 32 bits/);
    const saturated = vi.fn<() => void>();
    expect([...fromRaw('int64', [2], raw, saturated).data]).toEqual([2147483647, -2147483648]);
    expect([...fromRaw('uint64', [2], raw, saturated).data]).toEqual([4294967295, 4294967295]);
    expect(saturated).toHaveBeenCalledTimes(4);
    expect(() => fromRaw('uint64', [2], raw)).toThrow(/uint64 value .* does not fit 32 bits/);
  });
});

describe('half floats', () => {
  it('widens every bit pattern to the number that IEEE 754 says', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const wrong = Array.from(halvesToFloats(all)).filter((value, bits) => {
      const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, (bits & 1023) / 1024];
      const infinite = fraction === 0 ? sign * Infinity : NaN;
      const finite = sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
      return !Object.is(value, exponent === 31 ? infinite : finite);
    });
    expect(wrong).toEqual([]);
  });

  it('round-trips every bit pattern', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfToFloat(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(halfToFloat(floatToHalf(value)))).toBe(true);
      else expect(floatToHalf(value)).toBe(bits);
    }
  });

  it('rounds to nearest, ties to even, and overflows to infinity', () => {
    expect(halfToFloat(floatToHalf(1 + 1 / 2048))).toBe(1);
    expect(halfToFloat(floatToHalf(1 + 3 / 2048))).toBe(1 + 2 / 1024);
    expect(halfToFloat(floatToHalf(65519.99))).toBe(65504);
    expect(halfToFloat(floatToHalf(65520))).toBe(Infinity);
    expect(halfToFloat(floatToHalf(2 ** -25))).toBe(0);
    expect(halfToFloat(floatToHalf(1.5 * 2 ** -24))).toBe(2 ** -23);
  });
});

describe('bfloat16', () => {
  it('round-trips every bit pattern', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = brainToFloat(bits);
      if (Number.isNaN(value)) expect(brainToFloat(floatToBrain(value))).toBeNaN();
      else expect(floatToBrain(value)).toBe(bits);
    }
  });

  it('rounds to nearest, ties to even, and overflows to infinity', () => {
    expect(brainToFloat(floatToBrain(1 + 1 / 256))).toBe(1);
    expect(brainToFloat(floatToBrain(1 + 3 / 256))).toBe(1 + 2 / 128);
    expect(brainToFloat(floatToBrain(-1 - 1.001 / 256))).toBe(-1 - 1 / 128);
    expect(brainToFloat(floatToBrain(3.3962e38))).toBe(Infinity);
    expect(floatToBrain(-0)).toBe(0x8000);
  });
});
