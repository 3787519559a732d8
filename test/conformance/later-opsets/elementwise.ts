/** Elementwise operators: those that opset 18 to 20 brought, and forms of 22 (bfloat16 apart, they are those before). */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const odd = tensorOf('float32', [9], [NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30, 88, -88]);

const OPERANDS: Readonly<Record<string, Tensor>> = {
  image: wave([2, 3, 5, 7]),
  line: wave([17]),
  scalar: wave([]),
  'no elements': wave([2, 0, 3]),
  half: wave([3, 5], 'float16'),
  'what is no number, or extreme': odd,
};

function unary(
  op: string,
  opset: number,
  attributes: OnnxNode['attributes'] = {},
  without: readonly string[] = [],
): LaterCase[] {
  return Object.entries(OPERANDS)
    .filter(([name]) => !without.includes(name))
    .map(([name, x]) => ({ name, opset, node: node(op, 'x', 'y', attributes), inputs: { x } }));
}

/** onnxruntime's CPU has these of no halves. */
const half = ['half'];

const UNARY: LaterCases = {
  Mish: alsoIn([22], [...unary('Mish', 18, {}, half), ...more('Mish', 18)]),
  Gelu: [...unary('Gelu', 20, {}, half), ...tanh()],
  HardSwish: [...unary('HardSwish', 22), ...more('HardSwish', 22)],
  Elu: [...unary('Elu', 22, { alpha: { f: 1.5 } }, half), ...more('Elu', 22)],
  Selu: [...unary('Selu', 22, {}, half), ...more('Selu', 22)],
  HardSigmoid: [...unary('HardSigmoid', 22, { alpha: { f: 0.3 } }, half), ...more('HardSigmoid', 22)],
  Softplus: [...unary('Softplus', 22, {}, half), ...more('Softplus', 22)],
  Softsign: [...unary('Softsign', 22, {}, half), ...more('Softsign', 22)],
  ThresholdedRelu: [...unary('ThresholdedRelu', 22, { alpha: { f: 0.5 } }, half), ...more('ThresholdedRelu', 22)],
  Sin: [...unary('Sin', 22, {}, half), ...more('Sin', 22)],
  Cos: [...unary('Cos', 22, {}, half), ...more('Cos', 22)],
  Atan: [...unary('Atan', 22, {}, half), ...more('Atan', 22)],
  Round: [...unary('Round', 22), ...more('Round', 22)],
  IsNaN: [...unary('IsNaN', 20), ...more('IsNaN', 20)],
};

/** Another size, so that each operator has six. */
function more(op: string, opset: number): LaterCase[] {
  return [{ name: 'volume', opset, node: node(op, 'x', 'y'), inputs: { x: wave([1, 3, 2, 5, 3]) } }];
}

function tanh(): LaterCase[] {
  return Object.entries({ image: wave([2, 3, 5]), odd }).map(([name, x]) => {
    return {
      name: `tanh, ${name}`,
      opset: 20,
      node: node('Gelu', 'x', 'y', { approximate: { s: 'tanh' } }),
      inputs: { x },
    };
  });
}

function equal(name: string, a: Tensor, b: Tensor): LaterCase {
  return { name, opset: 19, node: node('Equal', 'a b', 'y'), inputs: { a, b } };
}

const numbers = [1, 0, 3, 4, 0, 6];

export const LATER_ELEMENTWISE: LaterCases = {
  ...UNARY,
  Equal: [
    equal('floats', wave([2, 3]), wave([2, 3])),
    equal('not numbers', odd, odd),
    equal('along a row', tensorOf('int32', [2, 3], numbers), tensorOf('int32', [3], [1, 0, 6])),
    equal('int64', tensorOf('int64', [2, 3], numbers), tensorOf('int64', [2, 1], [3, 0])),
    equal('bool', tensorOf('bool', [2, 3], [1, 0, 1, 1, 0, 0]), tensorOf('bool', [1], [1])),
    equal('a scalar', wave([]), wave([5])),
    equal('no elements', wave([0, 3]), wave([3])),
  ],
};
