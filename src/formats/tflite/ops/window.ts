/** The sliding window of convolutions and pools, as their options give it. */
import type { Window } from '../../../ir/ops.ts';
import type { OperatorContext } from '../context.ts';
import { PADDINGS } from '../schema.ts';

/** Options that windows of two dimensions have; pools have no dilations. */
export interface WindowOptions {
  readonly padding: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH?: number;
  readonly dilationW?: number;
}

/** The padding of a code. */
export function paddingOf(c: OperatorContext, code: number): (typeof PADDINGS)[number] {
  return PADDINGS[code] ?? c.fail(`has padding ${code}, which is none`);
}

/** Strides, dilations and padding. Throws ImportError where a step is no positive number. */
export function windowOf(c: OperatorContext, options: WindowOptions): Window {
  const { strideH, strideW, dilationH = 1, dilationW = 1 } = options;
  return windowAlong(c, options.padding, { strides: [strideH, strideW], dilations: [dilationH, dilationW] });
}

/** The window over any number of dimensions. Throws ImportError where a step is no positive number. */
export function windowAlong(
  c: OperatorContext,
  padding: number,
  { strides, dilations }: Pick<Window, 'strides' | 'dilations'>,
): Window {
  for (const step of [...strides, ...dilations]) if (step < 1) c.fail(`has a stride or dilation of ${step}`);
  const padMode = paddingOf(c, padding) === 'SAME' ? 'sameUpper' : 'explicit';
  return { strides, dilations, pads: [...strides, ...strides].map(() => 0), padMode };
}
