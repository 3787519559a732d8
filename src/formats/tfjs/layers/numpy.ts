/** What Keras 3 makes of `x + y` and of functions of NumPy: operands are aligned from the end, and one may be a number. */
import { RELU, RELU6, type ActivationKind, type BinaryKind, type UnaryKind } from '../../../ir/ops.ts';
import { field } from '../json.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

function arithmetic(kind: BinaryKind): LayerTranslation {
  return (c) => {
    const operands = [...c.operands];
    const number = field(c.config, 'number');
    if (typeof number === 'number')
      operands.splice(c.bool('number_first', false) ? 0 : 1, 0, c.scalar('float32', number));
    const [a = '', b = ''] = operands;
    if (operands.length !== 2) c.refuse(`${operands.length} operands`);
    return c.binary(kind, a, b);
  };
}

const unary =
  (kind: UnaryKind): LayerTranslation =>
  (c) =>
    c.one('Unary', [c.x], { kind });

const activated =
  (kind: ActivationKind): LayerTranslation =>
  (c) =>
    c.activate(c.x, { kind, alpha: 0, beta: 0 });

export const add = arithmetic('add');
export const subtract = arithmetic('sub');
export const multiply = arithmetic('mul');
export const divide = arithmetic('div');
export const power = arithmetic('pow');
export const maximum = arithmetic('max');
export const minimum = arithmetic('min');
export const negative = unary('neg');
export const absolute = unary('abs');
export const exp = unary('exp');
export const log = unary('log');
export const sqrt = unary('sqrt');
export const square = unary('square');
export const relu = (c: LayerContext): string => c.activate(c.x, RELU);
export const relu6 = (c: LayerContext): string => c.activate(c.x, RELU6);
export const sigmoid = activated('sigmoid');
export const tanh = activated('tanh');
export const silu = activated('swish');
