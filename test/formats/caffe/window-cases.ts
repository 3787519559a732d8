/** Cases of convolutions, pools and products. */
import type { Shape, Tensor } from '../../../src/core/tensor.ts';
import { product, range } from '../../../src/util/arrays.ts';
import { none, one, type LayerCase } from './layer-case.ts';
import { conv, deconv, make, pool, read, type Spec } from './plain.ts';

function convCase(
  param: string,
  x: Shape,
  w: Shape,
  spec: Spec & { readonly noBias?: true; readonly type?: string },
): LayerCase {
  const blobs = spec.noBias ? [w] : [w, [w[0] ?? 0]];
  const text = `convolution_param { num_output: ${w[0]} ${param} }`;
  return one(
    spec.type ?? 'Convolution',
    text,
    x,
    (input, [weights = none, bias]) => conv(input, weights, bias, spec),
    blobs,
  );
}

function deconvCase(param: string, x: Shape, w: Shape, spec: Spec): LayerCase {
  const outputs = (w[1] ?? 0) * (spec.group ?? 1);
  const text = `convolution_param { num_output: ${outputs} ${param} }`;
  return one('Deconvolution', text, x, (input, [weights = none, bias]) => deconv(input, weights, bias, spec), [
    w,
    [outputs],
  ]);
}

const two = (n: number): number[] => [n, n];

/** Convolutions. */
export const CONV_CASES: Record<string, LayerCase> = {
  'a 3×3 window': convCase('kernel_size: 3', [2, 3, 5, 6], [4, 3, 3, 3], {
    kernel: two(3),
    stride: two(1),
    pad: two(0),
  }),
  'stride and pad, an odd size': convCase('kernel_size: 3 stride: 2 pad: 1', [1, 3, 7, 8], [2, 3, 3, 3], {
    kernel: two(3),
    stride: two(2),
    pad: two(1),
  }),
  'sides by their names, no bias': convCase(
    'kernel_h: 1 kernel_w: 5 pad_w: 2 stride_h: 2 stride_w: 1 bias_term: false',
    [1, 2, 6, 7],
    [3, 2, 1, 5],
    { kernel: [1, 5], stride: [2, 1], pad: [0, 2], noBias: true },
  ),
  'sides as a list': convCase('kernel_size: 2 kernel_size: 3 pad: [1, 0] stride: 1', [1, 2, 4, 5], [3, 2, 2, 3], {
    kernel: [2, 3],
    stride: two(1),
    pad: [1, 0],
  }),
  'groups and dilation': convCase('kernel_size: 3 dilation: 2 pad: 2 group: 2', [1, 4, 6, 5], [6, 2, 3, 3], {
    kernel: two(3),
    stride: two(1),
    pad: two(2),
    dilation: two(2),
    group: 2,
  }),
  'a group a channel': convCase('kernel_size: 3 group: 3', [1, 3, 5, 5], [3, 1, 3, 3], {
    kernel: two(3),
    stride: two(1),
    pad: two(0),
    group: 3,
  }),
  'one dimension': convCase('kernel_size: 3 pad: 1 stride: 2', [2, 3, 9], [4, 3, 3], {
    kernel: [3],
    stride: [2],
    pad: [1],
  }),
  'three dimensions': convCase('kernel_size: 2 pad: 1', [1, 2, 3, 4, 3], [3, 2, 2, 2, 2], {
    kernel: [2, 2, 2],
    stride: [1, 1, 1],
    pad: [1, 1, 1],
  }),
  'groups that are the channels': convCase('kernel_size: 3 pad: 1', [1, 4, 5, 5], [8, 1, 3, 3], {
    kernel: two(3),
    stride: two(1),
    pad: two(1),
    group: 4,
    type: 'DepthwiseConvolution',
  }),
  'and under the other name': convCase('kernel_size: 3', [1, 2, 4, 4], [2, 1, 3, 3], {
    kernel: two(3),
    stride: two(1),
    pad: two(0),
    group: 2,
    type: 'ConvolutionDepthwise',
  }),
};

/** Transposed convolutions. */
export const DECONV_CASES: Record<string, LayerCase> = {
  'twice the size': deconvCase('kernel_size: 4 stride: 2 pad: 1', [1, 3, 4, 5], [3, 2, 4, 4], {
    kernel: two(4),
    stride: two(2),
    pad: two(1),
  }),
  groups: deconvCase('kernel_size: 3 stride: 2 group: 2', [2, 4, 3, 3], [4, 3, 3, 3], {
    kernel: two(3),
    stride: two(2),
    pad: two(0),
    group: 2,
  }),
  'a group a channel': deconvCase('kernel_size: 4 stride: 2 pad: 1 group: 3', [1, 3, 3, 4], [3, 1, 4, 4], {
    kernel: two(4),
    stride: two(2),
    pad: two(1),
    group: 3,
  }),
  dilation: deconvCase('kernel_size: 2 dilation: 3 stride: 1', [1, 2, 4, 3], [2, 3, 2, 2], {
    kernel: two(2),
    stride: two(1),
    pad: two(0),
    dilation: two(3),
  }),
};

function poolCase(
  kind: 'MAX' | 'AVE',
  param: string,
  shape: Shape,
  spec: Spec,
  round?: (n: number) => number,
): LayerCase {
  return one('Pooling', `pooling_param { pool: ${kind} ${param} }`, shape, (x) => pool(x, kind, spec, round));
}

/** The same window for both pools. */
function pools(
  name: string,
  param: string,
  shape: Shape,
  spec: Spec,
  round?: (n: number) => number,
): Record<string, LayerCase> {
  return {
    [`MAX, ${name}`]: poolCase('MAX', param, shape, spec, round),
    [`AVE, ${name}`]: poolCase('AVE', param, shape, spec, round),
  };
}

/** Pools. */
export const POOL_CASES: Record<string, LayerCase> = {
  ...pools('a last window that is cut', 'kernel_size: 2 stride: 2', [1, 2, 5, 7], {
    kernel: two(2),
    stride: two(2),
    pad: two(0),
  }),
  ...pools('a last window of one row', 'kernel_size: 3 stride: 2', [1, 2, 6, 8], {
    kernel: two(3),
    stride: two(2),
    pad: two(0),
  }),
  ...pools('padding', 'kernel_size: 3 stride: 2 pad: 1', [2, 2, 7, 6], { kernel: two(3), stride: two(2), pad: two(1) }),
  ...pools('a window on the padding alone, left out', 'kernel_size: 2 stride: 2 pad: 1', [1, 2, 5, 5], {
    kernel: two(2),
    stride: two(2),
    pad: two(1),
  }),
  ...pools('another such', 'kernel_size: 2 stride: 3 pad: 1', [1, 1, 8, 8], {
    kernel: two(2),
    stride: two(3),
    pad: two(1),
  }),
  ...pools('sides', 'kernel_h: 3 kernel_w: 2 stride_h: 1 stride_w: 2 pad_h: 1 pad_w: 0', [1, 2, 5, 7], {
    kernel: [3, 2],
    stride: [1, 2],
    pad: [1, 0],
  }),
  ...pools('stride 1', 'kernel_size: 3 pad: 1', [1, 2, 4, 5], { kernel: two(3), stride: two(1), pad: two(1) }),
  ...pools(
    'rounded down',
    'kernel_size: 2 stride: 2 round_mode: FLOOR',
    [1, 2, 5, 7],
    { kernel: two(2), stride: two(2), pad: two(0) },
    Math.floor,
  ),
  ...pools(
    'rounded down by a fork',
    'kernel_size: 3 stride: 2 ceil_mode: false',
    [1, 2, 6, 8],
    { kernel: two(3), stride: two(2), pad: two(0) },
    Math.floor,
  ),
  'MAX, a last window behind the end': poolCase('MAX', 'kernel_size: 1 stride: 2', [1, 2, 4, 5], {
    kernel: two(1),
    stride: two(2),
    pad: two(0),
  }),
  'MAX, one side of it': poolCase('MAX', 'kernel_h: 3 kernel_w: 1 stride: 3', [1, 2, 7, 8], {
    kernel: [3, 1],
    stride: two(3),
    pad: two(0),
  }),
  ...pools('all of it', 'global_pooling: true', [2, 3, 4, 5], { kernel: [4, 5], stride: two(1), pad: two(0) }),
};

/** x as rows of what is from an axis on, times w `[M, K]`. */
function inner(x: Tensor, w: Tensor, bias: Tensor | undefined, axis: number): Tensor {
  const lead = x.shape.slice(0, axis);
  const k = product(x.shape.slice(axis));
  return make([...lead, w.shape[0] ?? 0], (index) => {
    const row = index.slice(0, -1).reduce((at, i, d) => at * (lead[d] ?? 1) + i, 0);
    const m = index.at(-1) ?? 0;
    const terms = range(k).map((i) => (x.data[row * k + i] ?? 0) * (w.data[m * k + i] ?? 0));
    return terms.reduce((a, b) => a + b, bias?.data[m] ?? 0);
  });
}

function transposed(w: Tensor): Tensor {
  return make([w.shape[1] ?? 0, w.shape[0] ?? 0], ([i = 0, j = 0]) => read(w, [j, i]) ?? 0);
}

/** Products. */
export const PRODUCT_CASES: Record<string, LayerCase> = {
  'of a picture': one(
    'InnerProduct',
    'inner_product_param { num_output: 4 }',
    [2, 3, 2, 2],
    (x, [w = none, b]) => inner(x, w, b, 1),
    [[4, 12], [4]],
  ),
  'of a vector, no bias': one(
    'InnerProduct',
    'inner_product_param { num_output: 3 bias_term: false }',
    [3, 5],
    (x, [w = none]) => inner(x, w, undefined, 1),
    [[3, 5]],
  ),
  'of rows': one(
    'InnerProduct',
    'inner_product_param { num_output: 2 axis: -1 }',
    [2, 3, 4],
    (x, [w = none, b]) => inner(x, w, b, 2),
    [[2, 4], [2]],
  ),
  'of transposed weights': one(
    'InnerProduct',
    'inner_product_param { num_output: 4 transpose: true }',
    [2, 3, 2, 1],
    (x, [w = none, b]) => inner(x, transposed(w), b, 1),
    [[6, 4], [4]],
  ),
};
