/** Small arithmetic on number arrays: products, row-major strides, index walks. */

/** Product of the entries; 1 for an empty array. */
export function product(values: readonly number[]): number {
  let p = 1;
  for (const v of values) p *= v;
  return p;
}

/** Row-major strides, in elements, of a dense tensor of this shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = Array.from({ length: shape.length }, () => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = at(strides, i + 1) * at(shape, i + 1);
  return strides;
}

/** `values[index]`, where a missing entry is a bug of the caller: throws RangeError instead of giving `undefined`. */
export function at<T>(values: ArrayLike<T>, index: number): T {
  const v = values[index];
  if (v === undefined) throw new RangeError(`index ${index} outside an array of ${values.length}`);
  return v;
}

/** True when both arrays hold the same entries in the same order. */
export function sameArray<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}

/** `[0, 1, …, n-1]`. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** The largest of any number of numbers: there may be more than a call has arguments. */
export function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

/** Smallest integer ≥ a / b, for positive integers. */
export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b);
}

/** Smallest multiple of `step` that is ≥ `value`. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
