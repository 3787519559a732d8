/** Softmax of bytes: see `ir/quantise/softmax.ts`, whose tables it reads. */

/** Parameters of `softmax`. A unit is a row. */
@unmanaged
class Softmax {
  /** `[…, n, inner]` */
  x: usize;
  /** By how far an element is below the largest of its row: exponentials, then terms of sums, 256 of each. */
  tables: usize;
  y: usize;
  n: i32;
  inner: i32;
  flip: i32;
  /** Differences that count. */
  counted: i32;
  /** Steps of the whole, where a result is a quotient; 0 where it is a fixed-point product. */
  steps: i32;
  /** Added to what is rounded and held within the bounds after it. */
  zero: i32;
  low: i32;
  high: i32;
}

/** ⌊(a·b + 2³⁰) / 2³¹⌋ */
function highProduct(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b + (1 << 30)) >> 31);
}

/** x·2^exponent, held within int32. */
function saturated(x: i32, exponent: i64): i32 {
  return <i32>min(max(<i64>x << exponent, <i64>i32.MIN_VALUE), <i64>i32.MAX_VALUE);
}

/** 1/(1 + a) of a number in [0, 1), both without integer bits: three steps of Newton's division. */
function oneOverOnePlus(a: i32): i32 {
  const half = <i32>((<u32>a + <u32>0x80000000) >> 1);
  let x = 1515870810 + highProduct(half, -1010580540);
  for (let i = 0; i < 3; i++) x += saturated(highProduct(x, (1 << 29) - highProduct(half, x)), 2);
  return saturated(x, 1);
}

/** Softmax along a dimension. */
export function softmax(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Softmax>(params);
  const step = <usize>p.inner;
  for (let row = begin; row < end; row++) {
    const first = <usize>(row / p.inner) * p.n * step + (row % p.inner);
    let largest: i32 = 0;
    for (let k: usize = 0; k < <usize>p.n; k++) largest = max(largest, <i32>load<u8>(p.x + first + k * step) ^ p.flip);
    let sum: u64 = 0;
    for (let k: usize = 0; k < <usize>p.n; k++) {
      const below = largest - (<i32>load<u8>(p.x + first + k * step) ^ p.flip);
      sum += <u64>load<u32>(p.tables + (below << 2), 1024);
    }
    sum = min(sum, <u64>u32.MAX_VALUE);
    const headroom = clz(<u32>sum);
    const raw = oneOverOnePlus(<i32>((<u32>sum << headroom) - 0x80000000));
    const bits = <i64>35 - <i64>headroom;
    for (let k: usize = 0; k < <usize>p.n; k++) {
      const at = first + k * step;
      const below = largest - (<i32>load<u8>(p.x + at) ^ p.flip);
      const part = load<u32>(p.tables + (below << 2));
      let v = 0;
      if (p.steps) v = <i32>((<u64>part * <u64>p.steps + (sum >> 1)) / sum);
      else if (below < p.counted) v = <i32>((<i64>highProduct(raw, <i32>part) + ((<i64>1 << bits) >> 1)) >> bits);
      store<u8>(p.y + at, <u8>min(max(v + p.zero, p.low), p.high));
    }
  }
}
