/** Normalisations, and factors and addends of channels. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { Extents } from '../../lib/extents.ts';
import type { CaffeContext } from '../context.ts';
import type { TextMessage } from '../text-message.ts';

function softmax(c: CaffeContext): string {
  const param = c.param('softmax_param');
  param.ignore('engine');
  const x = c.bottom();
  return c.one('Softmax', [x], { axes: [c.axis(param.integer('axis', 1), c.rank(x))], log: false });
}

/** Blobs hold sums of means and variances, and the third what they are to be divided by. */
function batchNorm(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('batch_norm_param');
  param.ignore('moving_average_fraction', 'engine');
  if (!param.flag('use_global_stats', true)) c.refuse('use_global_stats: false, means of each batch');
  const channels = c.rank(x) < 2 ? 1 : c.extents(x)[1];
  const [mean, variance] = [c.blobTensor(0, [channels]), c.blobTensor(1, [channels])];
  const [sum = 0] = c.blobTensor(2, [1]).data;
  const factor = sum === 0 ? 0 : Math.fround(1 / sum);
  const { shape } = mean;
  const scaled = [mean, variance].map(({ data }) =>
    c.constant(
      tensorOf(
        'float32',
        shape,
        data.map((value) => value * factor),
      ),
      'statistics',
    ),
  );
  const [one, none] = [1, 0].map((value) => {
    return c.constant(
      tensorOf(
        'float32',
        shape,
        Array.from(mean.data, () => value),
      ),
      'none',
    );
  });
  const inputs = [x, one ?? '', none ?? '', ...scaled];
  const epsilon = param.number('eps', 1e-5);
  return c.one('BatchNormalization', inputs, { axis: c.rank(x) < 2 ? 0 : 1, epsilon, activation: NO_ACTIVATION });
}

/** Factors or addends of some of a value's dimensions. */
interface Placed {
  readonly x: string;
  readonly operand: string;
  /** Its own extents. */
  readonly extents: Extents;
  /** How many dimensions of the value are behind those. */
  readonly behind: number;
  /** The number of the blob that comes next. */
  readonly next: number;
}

/** The second bottom, or else blob 0, where the layer's parameters say it lies. */
function placed(c: CaffeContext, param: TextMessage): Placed {
  const [x = '', second] = c.bottoms(1, 2);
  const rank = c.rank(x);
  const [said, axes] = [param.integer('axis', 1), param.integer('num_axes', 1)];
  const own = second === undefined ? axes : c.rank(second);
  // One number has no axis to lie along.
  const axis = own === 0 ? 0 : c.axis(said, rank);
  const end = own === 0 ? 0 : own === -1 ? rank : axis + own;
  if (own < -1 || end > rank) c.fail(`axis ${axis} and ${own} dimensions from there are beyond ${rank}`);
  const behind = own === 0 ? 0 : rank - end;
  if (second !== undefined) {
    const operand = behind === 0 ? second : c.one('Unsqueeze', [second], { axes: range(behind).map((i) => own + i) });
    return { x, operand, extents: c.extents(second), behind, next: 0 };
  }
  const extents = c.extents(x).slice(axis, end);
  return { x, operand: broadcastBlob(c, 0, extents, behind), extents, behind, next: 1 };
}

/** A blob with so many extents of 1 behind its own. */
function broadcastBlob(c: CaffeContext, index: number, extents: Extents, behind: number): string {
  const blob = c.blobTensor(index, extents);
  return c.constant({ ...blob, shape: [...blob.shape, ...range(behind).map(() => 1)] }, 'blob');
}

function scale(c: CaffeContext): string {
  const param = c.param('scale_param');
  param.ignore('filler', 'bias_filler');
  const { x, operand, extents, behind, next } = placed(c, param);
  const y = c.binary('mul', x, operand);
  return param.flag('bias_term', false) ? c.binary('add', y, broadcastBlob(c, next, extents, behind)) : y;
}

function bias(c: CaffeContext): string {
  const param = c.param('bias_param');
  param.ignore('filler');
  const { x, operand } = placed(c, param);
  return c.binary('add', x, operand);
}

/** Each element over a power of the squares of its neighbours: in other channels, or around it in its own. */
function lrn(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('lrn_param');
  param.ignore('engine');
  const size = param.count('local_size', 5, 1);
  if (size % 2 === 0) c.fail(`local_size ${size} is even`);
  const [alpha, beta] = [param.number('alpha', 1), param.number('beta', 0.75)];
  const region = param.choice('norm_region', 'ACROSS_CHANNELS', ['ACROSS_CHANNELS', 'WITHIN_CHANNEL']);
  const bias = param.number('k', 1);
  if (c.rank(x) !== 4) c.fail(`normalises a blob of ${c.rank(x)} dimensions instead of 4`);
  if (region === 'ACROSS_CHANNELS') {
    return c.aroundLast(x, (image) => c.main('LRN', [image], { size, alpha, beta, bias }));
  }
  // Caffe has 1 here, whatever k is.
  const window = { kernel: [size, size], strides: [1, 1], dilations: [1, 1], padMode: 'explicit' } as const;
  const pads = range(4).map(() => (size - 1) / 2);
  const pool = { ...window, pads, ceilMode: false, countIncludePad: true };
  return c.aroundLast(x, (image) => {
    const means = c.one('AveragePool', [c.one('Unary', [image], { kind: 'square' })], pool);
    const base = c.binary('add', c.binary('mul', means, c.scalar('float32', alpha)), c.scalar('float32', 1));
    return c.binary('mul', image, c.binary('pow', base, c.scalar('float32', -beta)));
  });
}

/** Normalisations. */
export const NORMALISE = { Softmax: softmax, BatchNorm: batchNorm, Scale: scale, Bias: bias, LRN: lrn };
