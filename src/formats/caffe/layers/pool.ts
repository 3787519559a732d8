/** Pools. */
import { tensorOf } from '../../../core/tensor.ts';
import type { PoolWindow } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { extentNode, realOf } from '../../lib/layer-nodes.ts';
import type { CaffeContext } from '../context.ts';
import type { TextMessage } from '../text-message.ts';
import { perDimension } from './window.ts';

/** What Caffe has for the greatest of no elements. */
const LEAST = -3.4028234663852886e38;

/**
 * The output's extent is rounded up, and with padding the last window must begin before the end's, as the engine's
 * `ceilMode` has it; means are over the window's part on the input and its padding.
 */
function pooling(c: CaffeContext): string | string[] {
  const x = c.bottom();
  const param = c.param('pooling_param');
  param.ignore('engine');
  if (c.rank(x) !== 4) c.fail(`pools a blob of ${c.rank(x)} dimensions instead of 4`);
  const kind = param.choice('pool', 'MAX', ['MAX', 'AVE', 'STOCHASTIC']);
  if (kind === 'STOCHASTIC') c.refuse('pool STOCHASTIC, which is random');
  if (param.flag('global_pooling', false)) {
    checkGlobal(c, param);
    return c.aroundLast(x, (image) => c.main(kind === 'MAX' ? 'GlobalMaxPool' : 'GlobalAveragePool', [image], {}));
  }
  const window = windowOf(c, param);
  const leavesOut = window.kernel.some((extent, i) => extent < (window.strides[i] ?? 1));
  // Without padding Caffe lets a last window begin behind the end, where there are strides longer than windows.
  const isOver = leavesOut && window.ceilMode && window.pads.every((pad) => pad === 0);
  if (kind === 'AVE') {
    if (isOver) c.refuse('pool AVE of windows shorter than strides, rounded up: means of nothing');
    return c.aroundLast(x, (image) => c.main('AveragePool', [image], { ...window, countIncludePad: true }));
  }
  const y = c.aroundLast(x, (image) => maximum(c, image, window, isOver));
  if (c.topCount < 2) return y;
  if (isOver) c.refuse('a mask of windows shorter than strides, rounded up');
  const places = c.aroundLast(x, (image) => c.one('ArgMaxPool', [image], { ...window, storageOrder: 'row' }));
  return [y, inChannel(c, x, places)];
}

/** The greatest of each window of a channels-last image; of windows behind the end, the least number there is. */
function maximum(c: CaffeContext, image: string, window: PoolWindow, isOver: boolean): string {
  if (!isOver) return c.main('MaxPool', [image], window);
  const least = c.constant(tensorOf('float32', [], [LEAST]));
  const longer = c.one('Pad', [image, endPads(c, window), least], { mode: 'constant' });
  return c.main('MaxPool', [longer], { ...window, ceilMode: false });
}

/** The index of each maximum in its channel, which is what the second top has, from those in the whole blob. */
function inChannel(c: CaffeContext, x: string, places: string): string {
  const plane = c.binary('mul', extentNode(c, x, 2), extentNode(c, x, 3));
  return realOf(c, c.binary('floorMod', places, plane));
}

/** Pads of a channels-last image after which rounding down gives what rounding up gave: a step less one at the ends. */
function endPads(c: CaffeContext, { strides }: PoolWindow): string {
  return c.ints([...range(4).map(() => 0), 0, ...strides.map((stride) => stride - 1), 0]);
}

function windowOf(c: CaffeContext, param: TextMessage): PoolWindow {
  const kernel = perDimension(c, param, 2, { field: 'kernel_size', sides: ['kernel_h', 'kernel_w'], least: 1 });
  const strides = perDimension(c, param, 2, {
    field: 'stride',
    sides: ['stride_h', 'stride_w'],
    least: 1,
    fallback: 1,
  });
  const pads = perDimension(c, param, 2, { field: 'pad', sides: ['pad_h', 'pad_w'], least: 0, fallback: 0 });
  if (pads.some((pad, i) => pad >= (kernel[i] ?? 0))) c.fail(`pads ${pads.join(', ')} of windows ${kernel.join(', ')}`);
  const roundsUp = param.choice('round_mode', 'CEIL', ['CEIL', 'FLOOR']) === 'CEIL';
  const ceilMode = param.flag('ceil_mode', roundsUp);
  return { kernel, strides, pads: [...pads, ...pads], dilations: [1, 1], padMode: 'explicit', ceilMode };
}

/** A pool of all there is has no window: what says one contradicts it. */
function checkGlobal(c: CaffeContext, param: TextMessage): void {
  param.ignore('round_mode', 'ceil_mode');
  for (const [field, none] of [
    ['kernel_size', undefined],
    ['kernel_h', undefined],
    ['kernel_w', undefined],
    ['stride', 1],
    ['stride_h', 1],
    ['stride_w', 1],
    ['pad', 0],
    ['pad_h', 0],
    ['pad_w', 0],
  ] as const) {
    if (param.counts(field).some((value) => value !== none)) c.fail(`pools globally, with ${field}`);
  }
}

/** Pools. */
export const POOL = { Pooling: pooling };
