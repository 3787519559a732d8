/** Functions of one element, those with a number for each channel among them. */
import { tensorOf } from '../../../core/tensor.ts';
import { RELU, type Activation } from '../../../ir/ops.ts';
import { linear } from '../../lib/layer-nodes.ts';
import type { CaffeContext, CaffeTranslation } from '../context.ts';

/** An activation; `param` is the message in which its parameters would be, which say only how it is computed. */
function activation(kind: Activation, param: string): CaffeTranslation {
  return (c) => {
    c.param(param).ignore('engine');
    return c.activate(c.bottom(), kind);
  };
}

function relu(c: CaffeContext): string {
  const param = c.param('relu_param');
  param.ignore('engine');
  const alpha = param.number('negative_slope', 0);
  return c.activate(c.bottom(), alpha === 0 ? RELU : { kind: 'leakyRelu', alpha, beta: 0 });
}

function elu(c: CaffeContext): string {
  return c.activate(c.bottom(), { kind: 'elu', alpha: c.param('elu_param').number('alpha', 1), beta: 0 });
}

function prelu(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('prelu_param');
  param.ignore('filler');
  const rank = c.rank(x);
  if (rank < 2) c.fail('needs a dimension of channels');
  const slopes = c.blobTensor(0, [param.flag('channel_shared', false) ? 1 : c.extents(x)[1]]);
  const shape = [...slopes.shape, ...Array.from({ length: rank - 2 }, () => 1)];
  return c.main('PRelu', [x, c.constant({ ...slopes, shape }, 'slopes')], {});
}

/** `(shift + scale·x)^power`. */
function power(c: CaffeContext): string {
  const param = c.param('power_param');
  const exponent = param.number('power', 1);
  const [scale, shift] = [param.number('scale', 1), param.number('shift', 0)];
  // Whatever x is, infinite or none at all, these are constant in Caffe.
  if (exponent === 0 || scale === 0) return constantLike(c, c.bottom(), exponent === 0 ? 1 : shift ** exponent);
  const base = linear(c, c.bottom(), scale, shift);
  if (exponent === 1) return base;
  if (exponent === 2) return c.one('Unary', [base], { kind: 'square' });
  if (exponent === -1) return c.one('Unary', [base], { kind: 'reciprocal' });
  return c.binary('pow', base, c.scalar('float32', exponent));
}

/** One number in the shape of a value. */
function constantLike(c: CaffeContext, x: string, value: number): string {
  return c.one('Expand', [c.scalar('float32', value), c.one('Shape', [x], {})], {});
}

/** The natural logarithm of a base; that of −1, which stands for e, is 1. */
function logOfBase(c: CaffeContext, base: number): number {
  if (base !== -1 && !(base > 0)) c.fail(`base ${base} is not positive`);
  return base === -1 ? 1 : Math.log(base);
}

/** `base^(shift + scale·x)`. */
function exp(c: CaffeContext): string {
  const param = c.param('exp_param');
  const [scale, shift] = [param.number('scale', 1), param.number('shift', 0)];
  const log = logOfBase(c, param.number('base', -1));
  const y = c.one('Unary', [linear(c, c.bottom(), log * scale, 0)], { kind: 'exp' });
  return linear(c, y, Math.exp(shift * log), 0);
}

/** The logarithm of `shift + scale·x` to a base. */
function log(c: CaffeContext): string {
  const param = c.param('log_param');
  const base = logOfBase(c, param.number('base', -1));
  const x = linear(c, c.bottom(), param.number('scale', 1), param.number('shift', 0));
  return linear(c, c.one('Unary', [x], { kind: 'log' }), 1 / base, 0);
}

/** Nothing happens to what a trained network sees, but in forks that scale here instead of in training. */
function dropout(c: CaffeContext): string {
  const param = c.param('dropout_param');
  const [ratio, scalesTraining] = [param.number('dropout_ratio', 0.5), param.flag('scale_train', true)];
  if (scalesTraining) return c.bottom();
  return c.binary('mul', c.bottom(), c.constant(tensorOf('float32', [], [1 - ratio]), 'kept'));
}

/** Functions of one element. */
export const FUNCTIONS = {
  ReLU: relu,
  PReLU: prelu,
  ELU: elu,
  Sigmoid: activation({ kind: 'sigmoid', alpha: 0, beta: 0 }, 'sigmoid_param'),
  TanH: activation({ kind: 'tanh', alpha: 0, beta: 0 }, 'tanh_param'),
  AbsVal: ((c) => c.one('Unary', [c.bottom()], { kind: 'abs' })) satisfies CaffeTranslation,
  Power: power,
  Exp: exp,
  Log: log,
  Dropout: dropout,
};
