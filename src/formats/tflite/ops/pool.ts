/** Translations of pools. */
import type { PoolWindow } from '../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import { windowOf } from './window.ts';

/** The window of a pool and the code of the activation behind it. */
export function poolOf(c: OperatorContext): { readonly window: PoolWindow; readonly activation: number } {
  const options = c.options('Pool2D');
  const kernel = [options.filterH, options.filterW];
  if (kernel.some((extent) => extent < 1)) c.fail(`has a window of ${kernel.join('×')}`);
  return { window: { ...windowOf(c, options), kernel, ceilMode: false }, activation: options.activation };
}

/** Padding is no part of a window: a maximum never sees it, an average does not count it. */
function average(c: OperatorContext, x: string, window: PoolWindow): string {
  return c.one('AveragePool', [x], { ...window, countIncludePad: false });
}

const averagePool: TfliteTranslation = (c) => {
  const { window, activation } = poolOf(c);
  return c.activate(average(c, c.input(0), window), c.fused(activation));
};

const maxPool: TfliteTranslation = (c) => {
  const { window, activation } = poolOf(c);
  return c.activate(c.one('MaxPool', [c.input(0)], window), c.fused(activation));
};

/** The root of the mean square. */
export const l2Pool: TfliteTranslation = (c) => {
  const { window, activation } = poolOf(c);
  const square = c.one('Unary', [c.input(0)], { kind: 'square' });
  return c.activate(c.one('Unary', [average(c, square, window)], { kind: 'sqrt' }), c.fused(activation));
};

/** Rows of the operator table. */
export const POOL = { AVERAGE_POOL_2D: averagePool, MAX_POOL_2D: maxPool };
