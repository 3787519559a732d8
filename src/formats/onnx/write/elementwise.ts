/** How activations and functions of one and two operands are written. */
import { isFloat, type DType } from '../../../core/dtype.ts';
import { extremesOf } from '../../../core/extremes.ts';
import type { Activation, ActivationKind, BinaryKind, UnaryKind } from '../../../ir/ops.ts';
import { DATA_TYPE, type OnnxAttributes } from './model.ts';
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
    const bounds = [activation.alpha, activation.beta].map((bound) => boundOf(w, bound, dtype));
    return void w.emit('Clip', [x, ...bounds], {}, output);
  }
  const [op, attributes] = form;
  w.emit(op, [x], attributes?.(activation) ?? {}, output);
}

/** A bound as a constant of the type; none where it is no bound: integers have no infinity, and wrap. */
function boundOf(w: OnnxWriter, bound: number, dtype: DType): string {
  if (Math.abs(bound) === Infinity) return '';
  const [lowest, highest] = extremesOf(dtype);
  return w.scalar(dtype, isFloat(dtype) ? bound : Math.min(highest, Math.max(lowest, bound)));
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

/** What leaves integers as they are. */
const WHOLE: ReadonlySet<UnaryKind> = new Set<UnaryKind>(['floor', 'ceil', 'round']);

/** A function of one operand. */
export function writeUnary(w: OnnxWriter, x: string, kind: UnaryKind, output: string): void {
  const form = WHOLE.has(kind) && !isFloat(w.dtype(x)) ? 'Identity' : UNARY[kind];
  if (typeof form !== 'string') w.emit(form[1], [w.emit(form[0], [x])], {}, output);
  else w.emit(form, kind === 'square' ? [x, x] : [x], {}, output);
}

/** Writes a function of two operands; returns the name of its result, `output` where that is given. */
type BinaryForm = (w: OnnxWriter, a: string, b: string, output: string | undefined) => string;

const mod: BinaryForm = (w, a, b, output) => w.emit('Mod', [a, b], { fmod: { i: 0 } }, output);

/** Of integers the quotient towards zero, less one where something is left and the signs differ: nothing on the way wraps. */
const floorDiv: BinaryForm = (w, a, b, output) => {
  if (isFloat(w.dtype(a))) return w.emit('Floor', [w.emit('Div', [a, b])], {}, output);
  const dtype = w.dtype(a);
  const zero = w.scalar(dtype, 0);
  const signsDiffer = w.emit('Xor', [w.emit('Less', [a, zero]), w.emit('Less', [b, zero])]);
  const isWhole = w.emit('Equal', [mod(w, a, b, undefined), zero]);
  const less = w.emit('And', [signsDiffer, w.emit('Not', [isWhole])]);
  const one = w.emit('Cast', [less], { to: { i: DATA_TYPE[dtype] } });
  return w.emit('Sub', [w.emit('Div', [a, b]), one], {}, output);
};

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
    const ratio = w.emit('Div', [a, w.emit('Where', [origin, number(1), b])]);
    // Infinity over infinity is no number: the diagonal is meant.
    const diagonal = w.emit('And', [w.emit('IsInf', [a]), w.emit('IsInf', [b])]);
    const ofSigns = w.emit('Mul', [w.emit('Sign', [a]), w.emit('Sign', [b])]);
    const slope = w.emit('Atan', [w.emit('Where', [diagonal, ofSigns, ratio])]);
    const half = w.emit('Where', [w.emit('Less', [a, number(0)]), number(-Math.PI), number(Math.PI)]);
    return w.emit('Add', [slope, w.emit('Where', [left, half, number(0)])], {}, output);
  },
  truncMod: (w, a, b, output) => w.emit('Mod', [a, b], { fmod: { i: 1 } }, output),
  pow: (w, a, b, output) => {
    const dtype = w.dtype(a);
    // ONNX has powers of integers of 32 and 64 bits.
    if (isFloat(dtype) || dtype === 'int32' || dtype === 'int64') return w.emit('Pow', [a, b], {}, output);
    const power = w.emit('Pow', [w.cast(a, 'int64'), w.cast(b, 'int64')]);
    return w.emit('Cast', [power], { to: { i: DATA_TYPE[dtype] } }, output);
  },
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
