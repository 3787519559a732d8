/** Operators on elements: functions, arithmetic, comparisons, logic, casts. */
import { tensorOf } from '../../../../src/core/tensor.ts';
import { ONNX_DATA_TYPE } from '../../../helpers/onnx-bytes.ts';
import { binary, lone, some, unary, type ProbeOf, type Probes } from './probe.ts';

const UNARY =
  'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity ' +
  'IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt ' +
  'Swish Tan Tanh ThresholdedRelu';

const BINARY =
  'Add And BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Mul Or PRelu Pow Sub Xor';

const VARIADIC = 'Max Mean Min Sum';

function each(names: string, probe: ProbeOf): Probes {
  return Object.fromEntries(names.split(' ').map((op) => [op, probe]));
}

/** Names before opset 6, codes since. */
const cast: ProbeOf = (t, opset) => {
  const to = opset < 6 ? { s: 'FLOAT' } : { i: ONNX_DATA_TYPE.float32 };
  return { inputs: { x: some(t, 2, 3) }, attributes: { to } };
};

/** Attributes before opset 11. */
const clip: ProbeOf = (t, opset) => {
  if (opset < 11) return { inputs: { x: some(t, 2, 3) }, attributes: { min: { f: 2 }, max: { f: 4 } } };
  return { inputs: { x: some(t, 2, 3) }, constants: { least: lone(t, 1), most: lone(t, 4) } };
};

/** Remainders of floats are those that C's fmod gives. */
const mod: ProbeOf = (t) => {
  const float = t === 'float32' || t === 'float16';
  return { ...binary()(t, 13), attributes: float ? { fmod: { i: 1 } } : {} };
};

const dropout: ProbeOf = (t, opset) => ({
  inputs: { x: some(t, 2, 3) },
  attributes: opset < 7 ? { is_test: { i: 1 } } : {},
});

export const ELEMENTWISE: Probes = {
  ...each(UNARY, unary()),
  ...each(BINARY, binary()),
  ...each(VARIADIC, (t) => ({ inputs: { a: some(t, 2, 3), b: some(t, 2, 3), c: some(t, 2, 3) } })),
  BitShift: binary({ direction: { s: 'LEFT' } }),
  Cast: cast,
  CastLike: (t) => ({ inputs: { x: some(t, 2, 3) }, constants: { like: tensorOf('float32', [1], [0]) } }),
  Clip: clip,
  Dropout: dropout,
  Mod: mod,
  Where: (t) => ({ inputs: { c: some('bool', 2, 3), a: some(t, 2, 3), b: some(t, 2, 3) } }),
};
