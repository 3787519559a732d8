/** Cases of layers that join blobs, part them, or arrange them otherwise. */
import type { Shape, Tensor } from '../../../src/core/tensor.ts';
import { layer, none, one, type LayerCase } from './layer-case.ts';
import { make, map, read } from './plain.ts';

function eltwise(param: string, value: (values: readonly number[]) => number): LayerCase {
  return {
    inputs: [
      [2, 3, 2],
      [2, 3, 2],
      [2, 3, 2],
    ],
    text: layer('Eltwise', param, { bottoms: ['a', 'b', 'c'] }),
    expected: ([x = none, ...rest]) => [map(x, (e, i) => value([e, ...rest.map((t) => read(t, i) ?? 0)]))],
  };
}

/** The elements of a part of a blob along an axis. */
function cut(x: Tensor, axis: number, from: number, to: number): Tensor {
  return make(x.shape.with(axis, to - from), (i) => read(x, i.with(axis, (i[axis] ?? 0) + from)) ?? 0);
}

function joined(tensors: readonly Tensor[], axis: number): Tensor {
  const [first = none] = tensors;
  const whole = tensors.reduce((all, { shape }) => all + (shape[axis] ?? 0), 0);
  return make(first.shape.with(axis, whole), (i) => {
    let at = i[axis] ?? 0;
    for (const t of tensors) {
      const extent = t.shape[axis] ?? 0;
      if (at < extent) return read(t, i.with(axis, at)) ?? 0;
      at -= extent;
    }
    return 0;
  });
}

/** Joining and parting. */
export const JOIN_CASES: Record<string, LayerCase> = {
  Eltwise: eltwise('', ([x = 0, y = 0, z = 0]) => x + y + z),
  'Eltwise, a product': eltwise('eltwise_param { operation: PROD }', ([x = 0, y = 0, z = 0]) => x * y * z),
  'Eltwise, the greatest': eltwise('eltwise_param { operation: 2 }', (values) => Math.max(...values)),
  'Eltwise with coefficients': eltwise(
    'eltwise_param { coeff: 1 coeff: -1 coeff: 0.5 }',
    ([x = 0, y = 0, z = 0]) => x - y + 0.5 * z,
  ),
  'Concat of channels': {
    inputs: [
      [2, 3, 2, 2],
      [2, 1, 2, 2],
    ],
    text: layer('Concat', '', { bottoms: ['a', 'b'] }),
    expected: (inputs) => [joined(inputs, 1)],
  },
  'Concat of columns': {
    inputs: [
      [2, 3, 2],
      [2, 3, 4],
    ],
    text: layer('Concat', 'concat_param { axis: -1 }', { bottoms: ['a', 'b'] }),
    expected: (inputs) => [joined(inputs, 2)],
  },
  'Concat as it was': {
    inputs: [
      [2, 3],
      [1, 3],
    ],
    text: layer('Concat', 'concat_param { concat_dim: 0 }', { bottoms: ['a', 'b'] }),
    expected: (inputs) => [joined(inputs, 0)],
  },
  'Slice in halves': {
    inputs: [[1, 4, 2, 3]],
    text: layer('Slice', '', { tops: ['y0', 'y1'] }),
    expected: ([x = none]) => [cut(x, 1, 0, 2), cut(x, 1, 2, 4)],
  },
  'Slice at points': {
    inputs: [[1, 5, 2, 2]],
    text: layer('Slice', 'slice_param { axis: 1 slice_point: 1 slice_point: 3 }', { tops: ['y0', 'y1', 'y2'] }),
    expected: ([x = none]) => [cut(x, 1, 0, 1), cut(x, 1, 1, 3), cut(x, 1, 3, 5)],
  },
  'Slice of rows': {
    inputs: [[1, 2, 5, 2]],
    text: layer('Slice', 'slice_param { axis: 2 slice_point: 2 }', { tops: ['y0', 'y1'] }),
    expected: ([x = none]) => [cut(x, 2, 0, 2), cut(x, 2, 2, 5)],
  },
  Split: { inputs: [[2, 3]], text: layer('Split', '', { tops: ['y0', 'y1'] }), expected: ([x = none]) => [x, x] },
  Crop: {
    inputs: [
      [1, 2, 5, 6],
      [1, 3, 3, 2],
    ],
    text: layer('Crop', 'crop_param { axis: 2 offset: 1 offset: 2 }', { bottoms: ['a', 'b'] }),
    expected: ([x = none]) => [cut(cut(x, 2, 1, 4), 3, 2, 4)],
  },
  'Crop, one offset, channels as well': {
    inputs: [
      [1, 4, 5, 6],
      [1, 2, 3, 2],
    ],
    text: layer('Crop', 'crop_param { axis: 1 offset: 1 }', { bottoms: ['a', 'b'] }),
    expected: ([x = none]) => [cut(cut(cut(x, 1, 1, 3), 2, 1, 4), 3, 1, 3)],
  },
};

function reshaped(param: string, from: Shape, to: Shape, type = 'Reshape'): LayerCase {
  return one(type, param, from, (x) => ({ ...x, shape: to }));
}

/** Other extents and orders. */
export const SHAPE_CASES: Record<string, LayerCase> = {
  Flatten: reshaped('', [2, 3, 2, 2], [2, 12], 'Flatten'),
  'Flatten some': reshaped('flatten_param { axis: 1 end_axis: -2 }', [2, 3, 4, 2], [2, 12, 2], 'Flatten'),
  'Flatten all': reshaped('flatten_param { axis: 0 }', [2, 3, 2], [12], 'Flatten'),
  Reshape: reshaped('reshape_param { shape { dim: 0 dim: -1 dim: 2 } }', [2, 3, 4], [2, 6, 2]),
  'Reshape from an axis': reshaped(
    'reshape_param { shape { dim: 2 dim: -1 } axis: 1 num_axes: 1 }',
    [3, 4, 5],
    [3, 2, 2, 5],
  ),
  'Reshape to fewer': reshaped('reshape_param { shape { dim: -1 } axis: 1 num_axes: 2 }', [2, 3, 4, 5], [2, 12, 5]),
  'Reshape that adds one': reshaped('reshape_param { shape { dim: 1 } axis: -1 num_axes: 0 }', [2, 3], [2, 3, 1]),
  'Reshape to numbers': reshaped('reshape_param { shape { dim: 1 dim: 4 dim: 3 } }', [2, 6], [1, 4, 3]),
  Permute: one('Permute', 'permute_param { order: 0 order: 2 order: 3 order: 1 }', [2, 3, 4, 5], (x) =>
    make([2, 4, 5, 3], ([n = 0, h = 0, w = 0, k = 0]) => read(x, [n, k, h, w]) ?? 0),
  ),
  'Permute some': one('Permute', 'permute_param { order: 1 }', [2, 3, 4], (x) =>
    make([3, 2, 4], ([k = 0, n = 0, w = 0]) => read(x, [n, k, w]) ?? 0),
  ),
};
