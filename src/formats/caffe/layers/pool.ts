/** Pools. */
import { extentNode, realOf } from '../../lib/layer-nodes.ts';
import type { CaffeContext } from '../context.ts';
import { perDimension } from './window.ts';

/**
 * The output's extent is rounded up, and with padding the last window must begin before the end's, as the engine's
 * `ceilMode` has it; means are over the window's part on the input and its padding.
 */
function pooling(c: CaffeContext): string | readonly string[] {
  const x = c.bottom();
  const param = c.param('pooling_param');
  param.ignore('engine');
  if (c.rank(x) !== 4) c.fail(`pools a blob of ${c.rank(x)} dimensions instead of 4`);
  const kind = param.choice('pool', 'MAX', ['MAX', 'AVE', 'STOCHASTIC']);
  if (kind === 'STOCHASTIC') c.refuse('pool STOCHASTIC, which is random');
  const strides = perDimension(c, param, 2, {
    field: 'stride',
    sides: ['stride_h', 'stride_w'],
    least: 1,
    fallback: 1,
  });
  const pads = perDimension(c, param, 2, { field: 'pad', sides: ['pad_h', 'pad_w'], least: 0, fallback: 0 });
  const roundsUp = param.choice('round_mode', 'CEIL', ['CEIL', 'FLOOR']) === 'CEIL';
  const ceilMode = param.flag('ceil_mode', roundsUp);
  if (param.flag('global_pooling', false)) {
    if ([...strides.map((stride) => stride - 1), ...pads].some((n) => n !== 0))
      c.fail('pools globally with stride or pad');
    if (['kernel_size', 'kernel_h', 'kernel_w'].some((field) => param.has(field)))
      c.fail('pools globally with a kernel');
    return c.aroundLast(x, (image) => c.main(kind === 'MAX' ? 'GlobalMaxPool' : 'GlobalAveragePool', [image], {}));
  }
  const kernel = perDimension(c, param, 2, { field: 'kernel_size', sides: ['kernel_h', 'kernel_w'], least: 1 });
  if (pads.some((pad, i) => pad >= (kernel[i] ?? 0))) c.fail(`pads ${pads.join(', ')} of windows ${kernel.join(', ')}`);
  const window = {
    kernel,
    strides,
    pads: [...pads, ...pads],
    dilations: [1, 1],
    padMode: 'explicit',
    ceilMode,
  } as const;
  const y = c.aroundLast(x, (image) => {
    if (kind === 'MAX') return c.main('MaxPool', [image], window);
    return c.main('AveragePool', [image], { ...window, countIncludePad: true });
  });
  if (kind !== 'MAX' || c.topCount < 2) return y;
  const places = c.aroundLast(x, (image) => c.one('ArgMaxPool', [image], { ...window, storageOrder: 'row' }));
  return [y, inChannel(c, x, places)];
}

/** The index of each maximum in its channel, which is what the second top has, from those in the whole blob. */
function inChannel(c: CaffeContext, x: string, places: string): string {
  const plane = c.binary('mul', extentNode(c, x, 2), extentNode(c, x, 3));
  return realOf(c, c.binary('floorMod', places, plane));
}

/** Pools. */
export const POOL = { Pooling: pooling };
