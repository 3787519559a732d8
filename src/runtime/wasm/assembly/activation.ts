/** Activations, of whole tensors and of what other kernels have just written. */
import { exponential, log1p, logErfRest, step } from './lib/exp';
import { loadUpTo, signed, storeUpTo } from './lib/vector';

const SWISH: i32 = 10;
/** Kinds (src/simd/lib/activation.ts) that take an exponential: a bit each. */
const EXPONENTIAL: i32 = 0x7dcf0;
/** Of those, the ones that take 1 from it: elu, selu, celu, tanh, erf. */
const LESS_ONE: i32 = 0x40870;

/** Parameters of `activate`. A unit is `chunk` elements. */
@unmanaged
class Activate {
  /** `[count]` */
  x: usize;
  /** `[count]` */
  y: usize;
  count: i32;
  chunk: i32;
  /** Position among the kinds (src/simd/lib/activation.ts). */
  kind: i32;
  alpha: f32;
  beta: f32;
}

/** y = activation(x) */
export function activate(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Activate>(params);
  const first = begin * p.chunk;
  const offset = <usize>first << 2;
  apply(p.x + offset, p.y + offset, min(end * p.chunk, p.count) - first, p.kind, p.alpha, p.beta);
}

/** Activates so many floats where they are: what other modules import. */
export function activateRow(address: usize, count: i32, kind: i32, alpha: f32, beta: f32): void {
  apply(address, address, count, kind, alpha, beta);
}

function apply(from: usize, to: usize, count: i32, kind: i32, alpha: f32, beta: f32): void {
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  if ((EXPONENTIAL >> kind) & 1) {
    // Swish is what most networks have: faster without the choices among all kinds.
    if (kind == SWISH) {
      for (; count > 3; count -= 4) {
        const x = v128.load(from);
        v128.store(to, f32x4.div(x, f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x), false))));
        from += 16;
        to += 16;
      }
    }
    const isLessOne = <bool>((LESS_ONE >> kind) & 1);
    for (; count > 0; count -= 4) {
      const x = loadUpTo(from, count);
      storeUpTo(to, curved(x, exponential(exponent(x, kind, a), isLessOne), kind, a, b), count);
      from += 16;
      to += 16;
    }
  } else {
    for (; count > 0; count -= 4) {
      storeUpTo(to, straight(loadUpTo(from, count), kind, a, b), count);
      from += 16;
      to += 16;
    }
  }
}

/** pmin and pmax give their first operand where one is NaN. */
@inline
function within(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

/** Kinds without an exponential. What each means is in src/ops/lib/activation.ts. */
@inline
function straight(x: v128, kind: i32, a: v128, b: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (kind) {
    case 1: // relu
      return f32x4.pmax(x, zero);
    case 2: // clip
      return within(x, a, b);
    case 3: // leakyRelu
      return v128.bitselect(f32x4.mul(x, a), x, f32x4.lt(x, zero));
    case 8: // hardSigmoid
      return within(f32x4.add(f32x4.mul(x, a), b), zero, one);
    case 9: // hardSwish
      return f32x4.mul(x, within(step(x, f32x4.splat(1.0 / 6.0), 0.5), zero, one));
    case 13: // softsign
      return f32x4.div(x, f32x4.add(one, f32x4.abs(x)));
  }
  return x;
}

/** What the exponential is taken of. */
@inline
function exponent(x: v128, kind: i32, a: v128): v128 {
  const size = f32x4.abs(x);
  switch (kind) {
    case 6: // celu
      return f32x4.div(x, a);
    case 11: // tanh
      return f32x4.mul(size, f32x4.splat(-2));
    case 12: // softplus
      return f32x4.neg(size);
    case 14: // mish is x from 20 on
      return f32x4.pmin(x, f32x4.splat(20));
    case 15: // gelu
      return logErfRest(f32x4.mul(size, f32x4.splat(0.70710678)));
    case 16: // geluTanh: (1 + tanh(u)) / 2 is sigmoid(2u)
      return f32x4.mul(x, step(f32x4.mul(x, x), f32x4.splat(-0.07135481), -1.5957691));
    case 7: // sigmoid
    case 10: // swish
      return f32x4.neg(x);
    case 18: // erf
      return logErfRest(size);
  }
  return x;
}

/** The result, of x and the exponential e, or e less 1. */
@inline
function curved(x: v128, e: v128, kind: i32, a: v128, b: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  switch (kind) {
    case 4: // elu
    case 5: {
      // selu
      const y = v128.bitselect(f32x4.mul(e, a), x, f32x4.lt(x, zero));
      return kind == 4 ? y : f32x4.mul(y, b);
    }
    case 6: // celu
      return f32x4.add(f32x4.pmax(x, zero), f32x4.pmin(f32x4.mul(e, a), zero));
    case 7: // sigmoid
      return f32x4.div(one, f32x4.add(one, e));
    case 10: // swish
    case 16: // geluTanh
      return f32x4.mul(x, f32x4.div(one, f32x4.add(one, e)));
    case 11: // tanh
      return signed(f32x4.div(e, f32x4.add(e, two)), x);
    case 12: // softplus
      return f32x4.add(f32x4.pmax(x, zero), log1p(e));
    case 14: {
      // mish: tanh(log(1 + e)) = (e² + 2e) / (e² + 2e + 2)
      const t = f32x4.mul(e, f32x4.add(e, two));
      return f32x4.mul(x, f32x4.div(t, f32x4.add(t, two)));
    }
    case 15: {
      // gelu
      const rest = f32x4.mul(e, f32x4.splat(0.5));
      return f32x4.mul(x, v128.bitselect(rest, f32x4.sub(one, rest), f32x4.lt(x, zero)));
    }
    case 18: // erf
      return signed(e, x);
  }
  return e;
}
