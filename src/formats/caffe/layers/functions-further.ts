/** Functions of one element that few networks have. */
import { RELU6 } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { above } from '../../lib/layer-nodes.ts';
import type { CaffeContext } from '../context.ts';

function relu6(c: CaffeContext): string {
  c.param('relu6_param').ignore('engine');
  return c.activate(c.bottom(), RELU6);
}

/** `x·sigmoid(beta·x)` */
function swish(c: CaffeContext): string {
  const x = c.bottom();
  const beta = c.param('swish_param').number('beta', 1);
  if (beta === 1) return c.activate(x, { kind: 'swish', alpha: 0, beta: 0 });
  const inner = c.binary('mul', x, c.scalar('float32', beta));
  return c.binary('mul', x, c.activate(inner, { kind: 'sigmoid', alpha: 0, beta: 0 }));
}

function clip(c: CaffeContext): string {
  const param = c.param('clip_param');
  if (!param.has('min') || !param.has('max')) c.fail('needs min and max');
  return c.activate(c.bottom(), { kind: 'clip', alpha: param.number('min', 0), beta: param.number('max', 0) });
}

/** 1 where an element is above the threshold, else 0. */
function threshold(c: CaffeContext): string {
  return above(c, c.bottom(), c.param('threshold_param').number('threshold', 0));
}

/** SENet's (arXiv:1709.01507): a factor of each channel times a blob, and another added. */
function axpy(c: CaffeContext): string {
  const [factors = '', x = '', y = ''] = c.bottoms(3, 3);
  const missing = c.rank(x) - c.rank(factors);
  if (missing < 0) c.fail(`factors of ${c.rank(factors)} dimensions for a blob of ${c.rank(x)}`);
  const axes = range(missing).map((i) => c.rank(factors) + i);
  const broad = missing === 0 ? factors : c.one('Unsqueeze', [factors], { axes });
  return c.binary('add', c.binary('mul', broad, x), y);
}

/** Functions of one element. */
export const MORE_FUNCTIONS = {
  ReLU6: relu6,
  Swish: swish,
  Mish: (c: CaffeContext): string => c.activate(c.bottom(), { kind: 'mish', alpha: 0, beta: 0 }),
  BNLL: (c: CaffeContext): string => c.activate(c.bottom(), { kind: 'softplus', alpha: 0, beta: 0 }),
  Clip: clip,
  Threshold: threshold,
  Axpy: axpy,
};
