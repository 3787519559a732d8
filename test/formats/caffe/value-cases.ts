/** Cases of functions of an element and of normalisations. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { layer, none, one, type LayerCase } from './layer-case.ts';
import { lrn, map, read, softmax } from './plain.ts';

/** Functions of an element. */
export const FUNCTION_CASES: Record<string, LayerCase> = {
  ReLU: one('ReLU', '', [2, 3, 2, 2], (x) => map(x, (v) => Math.max(0, v))),
  'ReLU, a slope': one('ReLU', 'relu_param { negative_slope: 0.1 }', [2, 3], (x) =>
    map(x, (v) => (v < 0 ? 0.1 * v : v)),
  ),
  PReLU: one('PReLU', '', [2, 3, 2, 2], (x, [s]) => map(x, (v, [, c = 0]) => (v < 0 ? (s?.data[c] ?? 0) * v : v)), [
    [3],
  ]),
  'PReLU of vectors': one(
    'PReLU',
    '',
    [2, 3],
    (x, [s]) => map(x, (v, [, c = 0]) => (v < 0 ? (s?.data[c] ?? 0) * v : v)),
    [[3]],
  ),
  'PReLU, one slope': one(
    'PReLU',
    'prelu_param { channel_shared: true }',
    [2, 3, 2],
    (x, [s]) => map(x, (v) => (v < 0 ? (s?.data[0] ?? 0) * v : v)),
    [[1]],
  ),
  Sigmoid: one('Sigmoid', '', [2, 3], (x) => map(x, (v) => 1 / (1 + Math.exp(-v)))),
  TanH: one('TanH', '', [2, 3], (x) => map(x, Math.tanh)),
  ELU: one('ELU', 'elu_param { alpha: 0.5 }', [2, 3], (x) => map(x, (v) => (v < 0 ? 0.5 * Math.expm1(v) : v))),
  AbsVal: one('AbsVal', '', [2, 3], (x) => map(x, Math.abs)),
  Power: one('Power', 'power_param { power: 3 scale: 2 shift: -0.5 }', [2, 3], (x) =>
    map(x, (v) => (2 * v - 0.5) ** 3),
  ),
  'Power, a root': one('Power', 'power_param { power: 0.5 scale: 0.25 shift: 1 }', [2, 3], (x) =>
    map(x, (v) => Math.sqrt(0.25 * v + 1)),
  ),
  'Power, a square': one('Power', 'power_param { power: 2 shift: 0.5 }', [2, 3], (x) => map(x, (v) => (v + 0.5) ** 2)),
  'Power, one over': one('Power', 'power_param { power: -1 shift: 2 }', [2, 3], (x) => map(x, (v) => 1 / (v + 2))),
  'Power, linear': one('Power', 'power_param { scale: -1 shift: 1 }', [2, 3], (x) => map(x, (v) => 1 - v)),
  'Power, of a constant': one('Power', 'power_param { power: 2 scale: 0 shift: 3 }', [2, 3], (x) => map(x, () => 9)),
  'Power of nothing': one('Power', 'power_param { power: 0 }', [2, 3], (x) => map(x, () => 1)),
  Exp: one('Exp', '', [2, 3], (x) => map(x, Math.exp)),
  'Exp to a base': one('Exp', 'exp_param { base: 2 scale: 3 shift: -1 }', [2, 3], (x) =>
    map(x, (v) => 2 ** (3 * v - 1)),
  ),
  Log: one('Log', 'log_param { scale: 0.5 shift: 2 }', [2, 3], (x) => map(x, (v) => Math.log(0.5 * v + 2))),
  'Log to a base': one('Log', 'log_param { base: 10 shift: 2 }', [2, 3], (x) => map(x, (v) => Math.log10(v + 2))),
  Dropout: one('Dropout', 'dropout_param { dropout_ratio: 0.3 }', [2, 3], (x) => x),
  'Dropout that scales': one('Dropout', 'dropout_param { dropout_ratio: 0.25 scale_train: false }', [2, 3], (x) =>
    map(x, (v) => 0.75 * v),
  ),
};

const statistics = [
  tensorOf('float32', [3], [2, -4, 6]),
  tensorOf('float32', [3], [2, 8, 0.5]),
  tensorOf('float32', [1], [4]),
];
const c = (t: Tensor | undefined, index: readonly number[], axis = 1): number => t?.data[index[axis] ?? 0] ?? 0;

/** Normalisations. */
export const NORMALISE_CASES: Record<string, LayerCase> = {
  'Softmax of channels': one('Softmax', '', [2, 3, 2, 2], (x) => softmax(x, 1)),
  'Softmax of the last': one('Softmax', 'softmax_param { axis: -1 engine: CAFFE }', [2, 3, 4], (x) => softmax(x, 2)),
  BatchNorm: one(
    'BatchNorm',
    'batch_norm_param { use_global_stats: true eps: 0.01 }',
    [2, 3, 2, 2],
    (x, [m, v, s]) =>
      map(x, (e, i) => (e - c(m, i) / (s?.data[0] ?? 1)) / Math.sqrt(c(v, i) / (s?.data[0] ?? 1) + 0.01)),
    statistics,
  ),
  'BatchNorm without statistics': one('BatchNorm', '', [2, 3], (x) => map(x, (e) => e / Math.sqrt(1e-5)), [
    ...statistics.slice(0, 2),
    tensorOf('float32', [1], [0]),
  ]),
  Scale: one(
    'Scale',
    'scale_param { bias_term: true }',
    [2, 3, 2, 2],
    (x, [s, b]) => map(x, (e, i) => e * c(s, i) + c(b, i)),
    [[3], [3]],
  ),
  'Scale of a vector': one('Scale', '', [2, 3], (x, [s]) => map(x, (e, i) => e * c(s, i)), [[3]]),
  'Scale of two axes': one(
    'Scale',
    'scale_param { axis: 1 num_axes: 2 bias_term: true }',
    [2, 3, 4, 2],
    (x, [s = none, b = none]) => map(x, (e, [, i = 0, j = 0]) => e * (read(s, [i, j]) ?? 0) + (read(b, [i, j]) ?? 0)),
    [
      [3, 4],
      [3, 4],
    ],
  ),
  'Scale of the rest': one(
    'Scale',
    'scale_param { axis: -2 num_axes: -1 }',
    [1, 3, 4, 2],
    (x, [s = none]) => map(x, (e, i) => e * (read(s, i.slice(2)) ?? 0)),
    [[4, 2]],
  ),
  'Scale by a number': one(
    'Scale',
    'scale_param { num_axes: 0 }',
    [2, 3],
    (x, [s]) => map(x, (e) => e * (s?.data[0] ?? 0)),
    [[]],
  ),
  'Scale by a blob': {
    inputs: [
      [2, 3, 2, 2],
      [2, 3],
    ],
    text: layer('Scale', 'scale_param { axis: 0 bias_term: true }', { bottoms: ['a', 'b'] }),
    blobs: [[2, 3]],
    expected: ([x = none, s = none], [b = none]) => [map(x, (e, i) => e * (read(s, i) ?? 0) + (read(b, i) ?? 0))],
  },
  'Scale by a blob of channels': {
    inputs: [[2, 3, 2, 2], [3]],
    text: layer('Scale', '', { bottoms: ['a', 'b'] }),
    expected: ([x = none, s]) => [map(x, (e, i) => e * c(s, i))],
  },
  Bias: one('Bias', '', [2, 3, 2], (x, [b]) => map(x, (e, i) => e + c(b, i)), [[3]]),
  'Bias of a blob': {
    inputs: [[2, 3, 4], [4]],
    text: layer('Bias', 'bias_param { axis: -1 }', { bottoms: ['a', 'b'] }),
    expected: ([x = none, b]) => [map(x, (e, i) => e + c(b, i, 2))],
  },
  'LRN across channels': one('LRN', 'lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 2 }', [1, 5, 2, 3], (x) =>
    lrn(x, { size: 3, alpha: 0.5, beta: 0.75, k: 2, within: false }),
  ),
  'LRN within channels': one(
    'LRN',
    'lrn_param { local_size: 3 alpha: 0.5 beta: 0.6 norm_region: WITHIN_CHANNEL }',
    [1, 2, 4, 3],
    (x) => lrn(x, { size: 3, alpha: 0.5, beta: 0.6, k: 1, within: true }),
  ),
};
