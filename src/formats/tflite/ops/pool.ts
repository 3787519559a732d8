/** Translations of pools. */
import type { PoolWindow } from '../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import { windowOf } from './window.ts';

/** The window of a pool and the activation behind it. */
function poolOf(c: OperatorContext): { window: PoolWindow; done: (y: string) => string } {
  const options = c.options('Pool2D');
  const kernel = [options.filterH, options.filterW];
  if (kernel.some((extent) => extent < 1)) c.fail(`has a window of ${kernel.join('×')}`);
  const activation = c.fused(options.activation);
  return { window: { ...windowOf(c, options), kernel, ceilMode: false }, done: (y) => c.activate(y, activation) };
}

/** Padding is no part of a window: a maximum never sees it, an average does not count it. */
function average(c: OperatorContext, x: string, window: PoolWindow): string {
  return c.one('AveragePool', [x], { ...window, countIncludePad: false });
}

const averagePool: TfliteTranslation = (c) => {
  const { window, done } = poolOf(c);
  return done(average(c, c.input(0), window));
};

const maxPool: TfliteTranslation = (c) => {
  const { window, done } = poolOf(c);
  return done(c.one('MaxPool', [c.input(0)], window));
};

/** The root of the mean square. */
export const l2Pool: TfliteTranslation = (c) => {
  const { window, done } = poolOf(c);
  const square = c.one('Unary', [c.input(0)], { kind: 'square' });
  return done(c.one('Unary', [average(c, square, window)], { kind: 'sqrt' }));
};

/** Rows of the operator table. */
export const POOL = { AVERAGE_POOL_2D: averagePool, MAX_POOL_2D: maxPool };
