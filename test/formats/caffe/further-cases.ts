/** Cases of Caffe's layers that few networks have, beside plain loops. */
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { at, product, range } from '../../../src/util/arrays.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';
import { layer, none } from './layer-case.ts';
import { indices, make, map, read } from './plain.ts';

/** A network of a layer or two, what it is fed and what it gives. */
export interface FurtherCase {
  readonly text: string;
  readonly inputs: readonly Tensor[];
  /** Of the layer `l`. */
  readonly blobs?: readonly Tensor[];
  readonly expected: readonly Tensor[];
}

const random = (shape: Shape, seed = product(shape)): Tensor =>
  randomTensor('float32', shape, randomSource(seed), -2, 2);

/** A case of one blob in and one out. */
function single(
  type: string,
  param: string,
  x: Tensor,
  expected: (x: Tensor, blobs: readonly Tensor[]) => Tensor,
  blobs: readonly Tensor[] = [],
): FurtherCase {
  return { text: layer(type, param), inputs: [x], blobs, expected: [expected(x, blobs)] };
}

const image = random([2, 4, 5, 6]);
const vectors = random([2, 5]);

/** Functions of an element. */
export const MORE_FUNCTION_CASES: Readonly<Record<string, FurtherCase>> = {
  ReLU6: single('ReLU6', '', random([2, 3, 8], 4), (x) => map(x, (v) => Math.min(6, Math.max(0, v)))),
  Swish: single('Swish', '', vectors, (x) => map(x, (v) => v / (1 + Math.exp(-v)))),
  'Swish, steeper': single('Swish', 'swish_param { beta: 1.5 }', vectors, (x) =>
    map(x, (v) => v / (1 + Math.exp(-1.5 * v))),
  ),
  Mish: single('Mish', '', vectors, (x) => map(x, (v) => v * Math.tanh(Math.log1p(Math.exp(v))))),
  BNLL: single('BNLL', '', vectors, (x) => map(x, (v) => Math.log1p(Math.exp(v)))),
  Clip: single('Clip', 'clip_param { min: -1 max: 0.5 }', vectors, (x) =>
    map(x, (v) => Math.min(0.5, Math.max(-1, v))),
  ),
  Threshold: single('Threshold', 'threshold_param { threshold: 0.25 }', vectors, (x) =>
    map(x, (v) => (v > 0.25 ? 1 : 0)),
  ),
  Axpy: axpy([2, 4, 1, 1]),
  'Axpy, factors without extents of 1': axpy([2, 4]),
};

function axpy(shape: Shape): FurtherCase {
  const [factors, x, y] = [random(shape), image, random([2, 4, 5, 6], 9)];
  const text = layer('Axpy', '', { bottoms: ['a', 'b', 'c'] });
  const sums = make(
    x.shape,
    (i) => (factors.data[at(i, 0) * 4 + at(i, 1)] ?? NaN) * (read(x, i) ?? 0) + (read(y, i) ?? 0),
  );
  return { text, inputs: [factors, x, y], expected: [sums] };
}

/** Where an element of a line lies between two of another, corners on corners. */
function place(i: number, size: number, extent: number) {
  const v = size > 1 ? (i * (extent - 1)) / (size - 1) : 0;
  const low = Math.min(Math.floor(v), extent - 1);
  return { low, high: Math.min(low + 1, extent - 1), share: v - low };
}

/** Bilinear. */
function interpolated(x: Tensor, height: number, width: number): Tensor {
  const [n = 0, c = 0, rows = 0, columns = 0] = x.shape;
  return make([n, c, height, width], ([b = 0, k = 0, i = 0, j = 0]) => {
    const [row, column] = [place(i, height, rows), place(j, width, columns)];
    const along = (y: number): number =>
      (read(x, [b, k, y, column.low]) ?? 0) * (1 - column.share) +
      (read(x, [b, k, y, column.high]) ?? 0) * column.share;
    return along(row.low) * (1 - row.share) + along(row.high) * row.share;
  });
}

const interp = (param: string, height: number, width: number): FurtherCase =>
  single('Interp', `interp_param { ${param} }`, image, (x) => interpolated(x, height, width));

/** A pool of 2 × 2 and its mask, and the pool undone. */
function unpooled(param: string, height: number, width: number): FurtherCase {
  const x = random([2, 3, 5, 6], 3);
  const text = [
    'layer { name: "p" type: "Pooling" bottom: "a" top: "p" top: "mask" pooling_param { kernel_size: 2 stride: 2 } }',
    layer('Upsample', `upsample_param { ${param} }`, { bottoms: ['p', 'mask'] }),
  ].join('\n');
  const y = tensorOf(
    'float32',
    [2, 3, height, width],
    range(6 * height * width).map(() => 0),
  );
  for (const [n = 0, c = 0, i = 0, j = 0] of indices([2, 3, 3, 3])) {
    const cells = indices([2, 2]).map(([r = 0, s = 0]) => [2 * i + r, 2 * j + s] as const);
    const there = cells.filter(([row, column]) => row < 5 && column < 6);
    const value = (cell: readonly [number, number]): number => read(x, [n, c, ...cell]) ?? -Infinity;
    const best = there.reduce((one, other) => (value(other) > value(one) ? other : one));
    y.data[(n * 3 + c) * height * width + best[0] * 6 + best[1]] = value(best);
  }
  return { text, inputs: [x], expected: [y] };
}

/** Layers that resample. */
export const RESAMPLE_CASES: Readonly<Record<string, FurtherCase>> = {
  'Interp by a factor': interp('zoom_factor: 3', 13, 16),
  'Interp, smaller': interp('shrink_factor: 2', 3, 3),
  'Interp, smaller and larger': interp('shrink_factor: 2 zoom_factor: 3', 7, 7),
  'Interp to extents': interp('height: 7 width: 4', 7, 4),
  'Interp to one row': interp('height: 1 width: 9', 1, 9),
  'Interp of a part': single('Interp', 'interp_param { zoom_factor: 2 pad_beg: -1 pad_end: -2 }', image, (x) => {
    const part = make([2, 4, 2, 3], ([n = 0, c = 0, i = 0, j = 0]) => read(x, [n, c, i + 1, j + 1]) ?? NaN);
    return interpolated(part, 3, 5);
  }),
  'Interp to the extents of another': {
    text: layer('Interp', '', { bottoms: ['a', 'b'] }),
    inputs: [image, random([2, 4, 3, 8])],
    expected: [interpolated(image, 3, 8)],
  },
  'Upsample, each repeated': single('Upsample', 'upsample_param { scale: 3 }', image, (x) =>
    make(
      [2, 4, 15, 18],
      ([n = 0, c = 0, i = 0, j = 0]) => read(x, [n, c, Math.floor(i / 3), Math.floor(j / 3)]) ?? NaN,
    ),
  ),
  'Upsample, with a mask': unpooled('scale: 2', 6, 6),
  'Upsample, with a mask, to extents': unpooled('upsample_h: 5 upsample_w: 6', 5, 6),
  'Upsample, with a mask, a row less': unpooled('scale: 2 pad_out_h: true', 5, 6),
};

/** Darknet's loops, in a blob's own order of elements. */
function reorganised(x: Tensor, stride: number, reverse: boolean): Tensor {
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const s = stride;
  const y = new Float32Array(x.data.length);
  const few = c / s ** 2;
  for (const [b = 0, k = 0, j = 0, i = 0] of indices(x.shape)) {
    const own = i + w * (j + h * (k + c * b));
    const [k2, offset] = [k % few, Math.floor(k / few)];
    const [i2, j2] = [i * s + (offset % s), j * s + Math.floor(offset / s)];
    const other = i2 + w * s * (j2 + h * s * (k2 + few * b));
    if (reverse) y[other] = x.data[own] ?? NaN;
    else y[own] = x.data[other] ?? NaN;
  }
  const shape = reverse ? [n, c / s ** 2, h * s, w * s] : [n, c * s ** 2, h / s, w / s];
  return tensorOf('float32', shape, y);
}

const order = tensorOf('float32', [3], [1, 0, 1]);
const table = random([7, 3]);
const numbers = tensorOf('float32', [2, 2], [6, 0, 3, 3]);

/** Layers that rearrange. */
export const REARRANGE_CASES: Readonly<Record<string, FurtherCase>> = {
  Reorg: single('Reorg', 'reorg_param { stride: 2 }', random([2, 8, 4, 6]), (x) => reorganised(x, 2, false)),
  'Reorg by three': single('Reorg', 'reorg_param { stride: 3 }', random([1, 9, 6, 3]), (x) => reorganised(x, 3, false)),
  'Reorg in reverse': single('Reorg', 'reorg_param { stride: 2 reverse: true }', random([2, 8, 4, 6]), (x) =>
    reorganised(x, 2, true),
  ),
  ShuffleChannel: single('ShuffleChannel', 'shuffle_channel_param { group: 2 }', image, (x) =>
    make(x.shape, ([n = 0, c = 0, ...rest]) => read(x, [n, (c % 2) * 2 + Math.floor(c / 2), ...rest]) ?? NaN),
  ),
  Tile: single('Tile', 'tile_param { axis: -1 tiles: 3 }', image, (x) =>
    make([2, 4, 5, 18], ([n = 0, c = 0, i = 0, j = 0]) => read(x, [n, c, i, j % 6]) ?? NaN),
  ),
  Reverse: single('Reverse', 'reverse_param { axis: 1 }', image, (x) =>
    make(x.shape, ([n = 0, c = 0, ...rest]) => read(x, [n, 3 - c, ...rest]) ?? NaN),
  ),
  BatchReindex: {
    text: layer('BatchReindex', '', { bottoms: ['a', 'b'] }),
    inputs: [image, order],
    expected: [make([3, 4, 5, 6], ([n = 0, ...rest]) => read(image, [order.data[n] ?? NaN, ...rest]) ?? NaN)],
  },
  Embed: single(
    'Embed',
    'embed_param { input_dim: 7 num_output: 3 }',
    numbers,
    (x, [rows = none, bias = none]) =>
      make(
        [2, 2, 3],
        ([i = 0, j = 0, k = 0]) => (read(rows, [read(x, [i, j]) ?? NaN, k]) ?? NaN) + (bias.data[k] ?? NaN),
      ),
    [table, random([3])],
  ),
};

/** Elements of an image whose index agrees with another's but along some axes. */
function line(x: Tensor, index: readonly number[], axes: readonly number[]): number[] {
  return indices(axes.map((axis) => at(x.shape, axis))).map((places) => {
    const own = [...index];
    axes.forEach((axis, k) => (own[axis] = at(places, k)));
    return read(x, own) ?? NaN;
  });
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function normalised(axes: readonly number[], eps: number, factorOf: (blob: Tensor, channel: number) => number) {
  return (x: Tensor, [factors = none]: readonly Tensor[]): Tensor =>
    map(x, (v, index) => {
      const norm = Math.sqrt(sum(line(x, index, axes).map((u) => u * u)) + eps);
      return (v / norm) * factorOf(factors, at(index, 1));
    });
}

function centred(axes: readonly number[], eps: number | undefined) {
  return (x: Tensor): Tensor =>
    map(x, (v, index) => {
      const own = line(x, index, axes);
      const middle = mean(own);
      const deviation = Math.sqrt(mean(own.map((u) => (u - middle) ** 2)));
      return eps === undefined ? v - middle : (v - middle) / (deviation + eps);
    });
}

/** The best of a line, the last of equal ones first. */
const ranked = (values: readonly number[]): number[] =>
  range(values.length).sort((a, b) => at(values, b) - at(values, a) || b - a);

const ties = tensorOf('float32', [2, 3, 2], [1, 5, 2, 5, 2, 0, 3, 3, 3, 3, 1, 3]);

/** Layers that look at many elements. */
export const STATISTICS_CASES: Readonly<Record<string, FurtherCase>> = {
  'Normalize each pixel': single(
    'Normalize',
    'norm_param { across_spatial: false channel_shared: false eps: 0.5 scale_filler { value: 20 } }',
    image,
    normalised([1], 0.5, (blob, c) => blob.data[c] ?? NaN),
    [random([4])],
  ),
  'Normalize all': single(
    'Normalize',
    '',
    image,
    normalised([1, 2, 3], 1e-10, (blob) => blob.data[0] ?? NaN),
    [random([1])],
  ),
  MVN: single('MVN', '', image, centred([2, 3], 1e-9)),
  'MVN of all channels': single('MVN', 'mvn_param { across_channels: true eps: 0.5 }', image, centred([1, 2, 3], 0.5)),
  'MVN, the mean only': single('MVN', 'mvn_param { normalize_variance: false }', image, centred([2, 3], undefined)),
  Reduction: single('Reduction', '', image, (x) => tensorOf('float32', [], [sum([...x.data])])),
  'Reduction to means': single('Reduction', 'reduction_param { operation: MEAN axis: 2 coeff: 3 }', image, (x) =>
    make([2, 4], ([n = 0, c = 0]) => 3 * mean(line(x, [n, c, 0, 0], [2, 3]))),
  ),
  'Reduction to sums of squares': single('Reduction', 'reduction_param { operation: 3 axis: -1 }', image, (x) =>
    make([2, 4, 5], (index) => sum(line(x, [...index, 0], [3]).map((v) => v * v))),
  ),
  'Reduction to sums of sizes': single('Reduction', 'reduction_param { operation: ASUM axis: 1 }', vectors, (x) =>
    make([2], ([n = 0]) => sum(line(x, [n, 0], [1]).map(Math.abs))),
  ),
  ArgMax: single('ArgMax', 'argmax_param { axis: 1 }', ties, (x) =>
    make([2, 1, 2], (index) => at(ranked(line(x, index, [1])), 0)),
  ),
  'ArgMax, values of several': single('ArgMax', 'argmax_param { axis: 1 top_k: 2 out_max_val: true }', ties, (x) =>
    make([2, 2, 2], ([n = 0, k = 0, j = 0]) => {
      const values = line(x, [n, 0, j], [1]);
      return at(values, at(ranked(values), k));
    }),
  ),
  'ArgMax, several': single('ArgMax', 'argmax_param { axis: 1 top_k: 3 }', ties, (x) =>
    make([2, 3, 2], ([n = 0, k = 0, j = 0]) => at(ranked(line(x, [n, 0, j], [1])), k)),
  ),
  'ArgMax of all, with values': single('ArgMax', 'argmax_param { top_k: 2 out_max_val: true }', ties, (x) =>
    make([2, 2, 2], ([n = 0, what = 0, k = 0]) => {
      const values = line(x, [n, 0, 0], [1, 2]);
      const best = at(ranked(values), k);
      return what === 0 ? best : at(values, best);
    }),
  ),
};
