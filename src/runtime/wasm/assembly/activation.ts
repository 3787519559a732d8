/** Activations, of whole tensors and of what other kernels have just written. */
import { erf, exponential, log1p, sigmoid, step, tanh } from './lib/exp';
import { loadPart, storePart } from './lib/vector';

/** Parameters of `activate`. A unit is `chunk` elements. */
@unmanaged
class Activate {
  /** `[count]` */
  x: usize;
  /** `[count]` */
  y: usize;
  count: i32;
  chunk: i32;
  /** Position among the kinds (src/ir/ops/attributes.ts). */
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
  for (; count > 0; count -= 4) {
    const isWhole = count > 3;
    const y = activated(isWhole ? v128.load(from) : loadPart(from, count), kind, a, b);
    if (isWhole) v128.store(to, y);
    else storePart(to, y, count);
    from += 16;
    to += 16;
  }
}

/** pmin and pmax take their first operand where one is NaN. */
@inline
function within(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

/** The meaning of each kind is in src/ops/lib/activation.ts. */
function activated(x: v128, kind: i32, a: v128, b: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let t = one;
  switch (kind) {
    case 0: // none
      return x;
    case 1: // relu
      return f32x4.pmax(x, zero);
    case 2: // clip
      return within(x, a, b);
    case 3: // leakyRelu
      return v128.bitselect(f32x4.mul(x, a), x, f32x4.lt(x, zero));
    case 4: // elu
    case 5: // selu
      t = v128.bitselect(f32x4.mul(exponential(x, true), a), x, f32x4.lt(x, zero));
      return kind == 4 ? t : f32x4.mul(t, b);
    case 6: // celu
      t = f32x4.mul(exponential(f32x4.div(x, a), true), a);
      return f32x4.add(f32x4.pmax(x, zero), f32x4.pmin(t, zero));
    case 7: // sigmoid
      return sigmoid(x);
    case 8: // hardSigmoid
      return within(f32x4.add(f32x4.mul(x, a), b), zero, one);
    case 9: // hardSwish
      t = within(step(x, f32x4.splat(1.0 / 6.0), 0.5), zero, one);
      break;
    case 10: // swish
      t = sigmoid(x);
      break;
    case 11: // tanh
      return tanh(x);
    case 12: // softplus
      return f32x4.add(f32x4.pmax(x, zero), log1p(exponential(f32x4.neg(f32x4.abs(x)), false)));
    case 13: // softsign
      return f32x4.div(x, f32x4.add(one, f32x4.abs(x)));
    case 14: // mish: tanh(log(1 + n)) = (n² + 2n) / (n² + 2n + 2), 1 in a float from x = 20 on
      t = exponential(f32x4.pmin(x, f32x4.splat(20)), false);
      t = f32x4.mul(t, f32x4.add(t, f32x4.splat(2)));
      t = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
      break;
    case 15: // gelu
      t = f32x4.mul(erf(f32x4.mul(x, f32x4.splat(0.70710678)), true), f32x4.splat(0.5));
      t = v128.bitselect(t, f32x4.sub(one, t), f32x4.lt(x, zero));
      break;
    case 16: // geluTanh: (1 + tanh(u)) / 2 = sigmoid(2u)
      t = f32x4.mul(x, step(f32x4.mul(x, x), f32x4.splat(0.07135481), 1.5957691));
      t = sigmoid(t);
      break;
  }
  return f32x4.mul(x, t);
}
