/** How activations and functions of one and two operands are written. */
import { isFloat, type DType } from '../../../core/dtype.ts';
import type { Activation, ActivationKind, BinaryKind, UnaryKind } from '../../../ir/ops.ts';
import type { OnnxAttributes } from './model.ts';
import type { OnnxWriter } from './writer.ts';

/** The attributes that an activation's parameters are, for those that are one ONNX node. */
const ACTIVATIONS: {
  readonly [K in ActivationKind]:
    readonly [op: string, attributes?: (a: Activation) => OnnxAttributes] | 'clip' | 'swish';
} = {
  none: ['Identity'],
  relu: ['Relu'],
  clip: 'clip',
  leakyRelu: ['LeakyRelu', ({ alpha }) => ({ alpha: { f: alpha } })],
  elu: ['Elu', ({ alpha }) => ({ alpha: { f: alpha } })],
  selu: ['Selu', ({ alpha, beta }) => ({ alpha: { f: alpha }, gamma: { f: beta } })],
  celu: ['Celu', ({ alpha }) => ({ alpha: { f: alpha } })],
  sigmoid: ['Sigmoid'],
  hardSigmoid: ['HardSigmoid', ({ alpha, beta }) => ({ alpha: { f: alpha }, beta: { f: beta } })],
  hardSwish: ['HardSwish'],
  swish: 'swish',
  tanh: ['Tanh'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
  mish: ['Mish'],
  gelu: ['Gelu', () => ({ approximate: { s: 'none' } })],
  geluTanh: ['Gelu', () => ({ approximate: { s: 'tanh' } })],
};

/** Applies an activation to elements of type `dtype` and gives the result the name `output`. */
export function writeActivation(w: OnnxWriter, x: string, activation: Activation, dtype: DType, output: string): void {
  const form = ACTIVATIONS[activation.kind];
  if (form === 'swish') return void w.emit('Mul', [x, w.emit('Sigmoid', [x])], {}, output);
  if (form === 'clip') {
    const bounds = [activation.alpha, activation.beta].map((bound) => w.scalar(dtype, bound));
    return void w.emit('Clip', [x, ...bounds], {}, output);
  }
  const [op, attributes] = form;
  w.emit(op, [x], attributes?.(activation) ?? {}, output);
}

/**
 * Runs the node that fused an activation: `compute` is told the name of the result when there is nothing to append, and
 * makes one up when there is.
 */
export function withActivation(
  w: OnnxWriter,
  activation: Activation,
  output: string,
  compute: (output: string | undefined) => string,
): void {
  if (activation.kind === 'none') compute(output);
  else writeActivation(w, compute(undefined), activation, w.dtype(output), output);
}

const UNARY: { readonly [K in UnaryKind]: string | readonly [string, string] } = {
  abs: 'Abs',
  neg: 'Neg',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  rsqrt: ['Sqrt', 'Reciprocal'],
  reciprocal: 'Reciprocal',
  square: 'Mul',
  sign: 'Sign',
  floor: 'Floor',
  ceil: 'Ceil',
  round: 'Round',
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  asin: 'Asin',
  acos: 'Acos',
  sinh: 'Sinh',
  cosh: 'Cosh',
  asinh: 'Asinh',
  acosh: 'Acosh',
  atanh: 'Atanh',
  erf: 'Erf',
  not: 'Not',
  isNaN: 'IsNaN',
};

/** A function of one operand. */
export function writeUnary(w: OnnxWriter, x: string, kind: UnaryKind, output: string): void {
  const form = UNARY[kind];
  if (typeof form !== 'string') w.emit(form[1], [w.emit(form[0], [x])], {}, output);
  else w.emit(form, kind === 'square' ? [x, x] : [x], {}, output);
}

/** Writes a function of two operands; returns the name of its result, `output` where that is given. */
type BinaryForm = (w: OnnxWriter, a: string, b: string, output: string | undefined) => string;

const mod: BinaryForm = (w, a, b, output) => w.emit('Mod', [a, b], { fmod: { i: 0 } }, output);

const floorDiv: BinaryForm = (w, a, b, output) =>
  isFloat(w.dtype(a))
    ? w.emit('Floor', [w.emit('Div', [a, b])], {}, output)
    : w.emit('Div', [w.emit('Sub', [a, mod(w, a, b, undefined)]), b], {}, output);

/** The one ONNX node that a kind is, or how it is put together. */
const BINARY: { readonly [K in BinaryKind]: string | BinaryForm } = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  floorDiv,
  floorMod: (w, a, b, output) =>
    isFloat(w.dtype(a))
      ? w.emit('Sub', [a, w.emit('Mul', [floorDiv(w, a, b, undefined), b])], {}, output)
      : mod(w, a, b, output),
  // Of points whose zeros have signs it is the angle that they have without.
  atan2: (w, a, b, output) => {
    const number = (value: number): string => w.scalar(w.dtype(a), value);
    const [up, left] = [w.emit('Equal', [b, number(0)]), w.emit('Less', [b, number(0)])];
    const origin = w.emit('And', [up, w.emit('Equal', [a, number(0)])]);
    const slope = w.emit('Atan', [w.emit('Div', [a, w.emit('Where', [origin, number(1), b])])]);
    const half = w.emit('Where', [w.emit('Less', [a, number(0)]), number(-Math.PI), number(Math.PI)]);
    return w.emit('Add', [slope, w.emit('Where', [left, half, number(0)])], {}, output);
  },
  truncMod: (w, a, b, output) => w.emit('Mod', [a, b], { fmod: { i: 1 } }, output),
  pow: 'Pow',
  min: 'Min',
  max: 'Max',
  squaredDifference: (w, a, b, output) => {
    const difference = w.emit('Sub', [a, b]);
    return w.emit('Mul', [difference, difference], {}, output);
  },
  equal: 'Equal',
  notEqual: (w, a, b, output) => w.emit('Not', [w.emit('Equal', [a, b])], {}, output),
  less: 'Less',
  lessOrEqual: 'LessOrEqual',
  greater: 'Greater',
  greaterOrEqual: 'GreaterOrEqual',
  and: 'And',
  or: 'Or',
  xor: 'Xor',
  bitAnd: 'BitwiseAnd',
  bitOr: 'BitwiseOr',
  bitXor: 'BitwiseXor',
  bitShiftLeft: (w, a, b, output) => w.emit('BitShift', [a, b], { direction: { s: 'LEFT' } }, output),
  bitShiftRight: (w, a, b, output) => w.emit('BitShift', [a, b], { direction: { s: 'RIGHT' } }, output),
};

/** A function of two operands, with the activation fused into it. */
export function writeBinary(
  w: OnnxWriter,
  [a, b]: readonly [string, string],
  { kind, activation }: { readonly kind: BinaryKind; readonly activation: Activation },
  output: string,
): void {
  const form = BINARY[kind];
  withActivation(w, activation, output, (name) =>
    typeof form === 'string' ? w.emit(form, [a, b], {}, name) : form(w, a, b, name),
  );
}
