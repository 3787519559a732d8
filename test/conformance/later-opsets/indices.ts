/** ScatterElements and ScatterND of opset 18, EyeLike of 22 and TensorScatter of 24. */
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { at, product, range, stridesOf } from '../../../src/util/arrays.ts';
import { ONNX_DATA_TYPE } from '../../helpers/onnx-bytes.ts';
import { node } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

const REDUCTIONS = ['add', 'mul', 'max', 'min'] as const;

/** Whole numbers that go up and down, so that sums are exact. */
const wave = (dtype: DType, shape: Shape, step: number): Tensor =>
  tensorOf(
    dtype,
    shape,
    range(product(shape)).map((i) => ((i * step) % 11) - 5),
  );

const indexTensor = (shape: Shape, values: readonly number[]): Tensor => tensorOf('int64', shape, values);

const scatterElements: LaterCase[] = [
  ...REDUCTIONS.map((reduction) => ({
    name: `${reduction} of several to one place`,
    opset: 18,
    node: node('ScatterElements', 'x indices updates', 'y', { axis: { i: 1 }, reduction: { s: reduction } }),
    inputs: {
      x: wave('float32', [3, 5], 3),
      indices: indexTensor([3, 4], [0, 0, -1, 4, 2, 2, 2, 2, 1, -4, 3, -2]),
      updates: wave('float32', [3, 4], 7),
    },
  })),
  ...(['max', 'min'] as const).map((reduction) => ({
    name: `${reduction} of integers along the first axis`,
    opset: 18,
    node: node('ScatterElements', 'x indices updates', 'y', { reduction: { s: reduction } }),
    inputs: {
      x: wave('int32', [3, 5], 3),
      indices: indexTensor([4, 2], [0, 1, 2, -1, 0, 0, -3, 1]),
      updates: wave('int32', [4, 2], 7),
    },
  })),
  {
    name: 'indices that the file holds',
    opset: 18,
    node: node('ScatterElements', 'x indices updates', 'y', { axis: { i: -1 } }),
    inputs: { x: wave('int64', [2, 3, 5], 3), updates: wave('int64', [2, 1, 2], 7) },
    constants: { indices: indexTensor([2, 1, 2], [4, 0, -2, 1]) },
  },
];

const scatterND: LaterCase[] = [
  ...REDUCTIONS.map((reduction) => ({
    name: `${reduction} of slices to one place`,
    opset: 18,
    node: node('ScatterND', 'x indices updates', 'y', { reduction: { s: reduction } }),
    inputs: {
      x: wave('float32', [4, 3], 3),
      indices: indexTensor([5, 1], [0, 0, -1, 2, 0]),
      updates: wave('float32', [5, 3], 7),
    },
  })),
  ...(['max', 'min'] as const).map((reduction) => ({
    name: `${reduction} of single integers`,
    opset: 18,
    node: node('ScatterND', 'x indices updates', 'y', { reduction: { s: reduction } }),
    inputs: {
      x: wave('int32', [4, 3], 3),
      indices: indexTensor([2, 2, 2], [0, 0, 1, -1, -4, 0, 3, 2]),
      updates: wave('int32', [2, 2], 7),
    },
  })),
];

const eyeLike = (dtype: DType | undefined, shape: Shape, k = 0, opset = 22): LaterCase => ({
  name: `${dtype ?? 'the type of x'}, [${shape.join(', ')}] from ${k}`,
  opset,
  node: node('EyeLike', 'x', 'y', { ...(dtype ? { dtype: { i: ONNX_DATA_TYPE[dtype] } } : {}), k: { i: k } }),
  inputs: { x: wave('float32', shape, 3) },
  ...(dtype === 'uint8' || dtype === 'bool' || dtype === 'float16'
    ? { plain: { why: `onnxruntime-web makes no ${dtype}`, outputs: [diagonal(dtype, shape, k)] } }
    : {}),
});

function diagonal(dtype: DType, shape: Shape, k: number): Tensor {
  const columns = at(shape, 1);
  const isOn = (i: number): boolean => (i % columns) - Math.floor(i / columns) === k;
  return tensorOf(
    dtype,
    shape,
    range(product(shape)).map((i) => Number(isOn(i))),
  );
}

/** ONNX's text as a loop. */
function written(cache: Tensor, update: Tensor, starts: readonly number[], axis: number, circular: boolean): Tensor {
  const data = Float32Array.from(cache.data);
  const [from, to] = [stridesOf(update.shape), stridesOf(cache.shape)];
  update.data.forEach((value, i) => {
    const place = from.map((stride, d) => Math.floor(i / stride) % at(update.shape, d));
    const step = at(place, axis) + (starts[at(place, 0)] ?? 0);
    const there = place.with(axis, circular ? step % at(cache.shape, axis) : step);
    data[there.reduce((sum, c, d) => sum + c * at(to, d), 0)] = value;
  });
  return { ...cache, data };
}

function tensorScatter(
  cache: Shape,
  steps: number,
  starts: readonly number[] | undefined,
  { axis, circular = false }: { axis?: number; circular?: boolean } = {},
): LaterCase {
  const along = ((axis ?? -2) + cache.length) % cache.length;
  const update = cache.with(along, steps);
  const attributes = {
    ...(axis === undefined ? {} : { axis: { i: axis } }),
    ...(circular ? { mode: { s: 'circular' } } : {}),
  };
  const [past, next] = [wave('float32', cache, 3), wave('float32', update, 7)];
  return {
    name: `${circular ? 'circular' : 'linear'}, ${steps} steps of [${cache.join(', ')}] along ${axis ?? 'the default'} from ${starts?.join(', ') ?? 'the front'}`,
    opset: 24,
    node: node('TensorScatter', `past update${starts ? ' starts' : ''}`, 'present', attributes),
    inputs: { past, update: next, ...(starts ? { starts: indexTensor([starts.length], starts) } : {}) },
    plain: {
      why: 'onnxruntime-web has no TensorScatter',
      outputs: [written(past, next, starts ?? [], along, circular)],
    },
  };
}

export const LATER_INDICES: LaterCases = {
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  EyeLike: [
    eyeLike(undefined, [3, 5]),
    eyeLike('int32', [5, 3], 1),
    eyeLike('int64', [5, 5], -2),
    eyeLike('float32', [1, 4], 3),
    eyeLike('uint8', [4, 4], 9),
    eyeLike('bool', [4, 3], -1),
    eyeLike('float16', [2, 7], 2),
  ],
  TensorScatter: [
    tensorScatter([2, 3, 7, 5], 2, [0, 5]),
    tensorScatter([2, 3, 7, 5], 3, undefined),
    tensorScatter([3, 7, 5], 1, [6, 0, 3]),
    tensorScatter([2, 7, 3, 5], 2, [4, 1], { axis: 1 }),
    tensorScatter([2, 3, 5], 2, [1, 3], { axis: -1 }),
    tensorScatter([2, 3, 7, 5], 4, [5, 6], { circular: true }),
    tensorScatter([3, 5, 2], 3, [0, 4, 9], { circular: true, axis: 1 }),
  ],
};
