/** Operands that do not fit are ShapeErrors: convolution, pools, products, normalisation, resize. */
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/core/dtype.ts';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf, type TensorDesc } from '../../src/core/tensor.ts';
import { NO_ACTIVATION, RELU, type NodeOf, type OpAttributes, type OpKind } from '../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import type { OpDefinition, Operand } from '../../src/ops/definition.ts';
import { OPS } from '../helpers/every-operator.ts';
import { outputExtent, resolvePads } from '../../src/ops/lib/window.ts';
import { poolWindow } from './cases/pool/max-pool.ts';

type Inputs = readonly (Operand | undefined)[];

const of = (shape: readonly number[], dtype: DType = 'float32'): TensorDesc => ({ dtype, shape });
const known = (dtype: DType, values: readonly number[]): Operand => ({
  dtype,
  shape: [values.length],
  value: tensorOf(dtype, [values.length], values),
});

function infer<K extends OpKind>(op: K, inputs: Inputs, attributes: OpAttributes[K]): readonly TensorDesc[] {
  const node: NodeOf<K> = { op, name: 'n', inputs: inputs.map((_, i) => `x${i}`), outputs: ['y'], attributes };
  return (OPS[op] as unknown as OpDefinition<K>).infer(node, inputs);
}

const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
const conv =
  (inputs: Inputs, attributes: Partial<OpAttributes['Conv']> = {}) =>
  (): unknown =>
    infer('Conv', inputs, { ...window, group: 1, activation: NO_ACTIVATION, ...attributes });
const pool = (x: TensorDesc, attributes: Parameters<typeof poolWindow>[0]) => (): unknown =>
  infer('MaxPool', [x], poolWindow(attributes));
const gemm =
  (...inputs: Inputs) =>
  (): unknown =>
    infer('Gemm', inputs, { alpha: 1, beta: 1, transA: false, transB: false, activation: NO_ACTIVATION });
const scaledGemm = (dtype: DType, attributes: Partial<OpAttributes['Gemm']>) => (): unknown =>
  infer('Gemm', [of([2, 3], dtype), of([3, 5], dtype), of([5], dtype)], {
    alpha: 1,
    beta: 1,
    transA: false,
    transB: false,
    activation: NO_ACTIVATION,
    ...attributes,
  });
const matMul =
  (...inputs: Inputs) =>
  (): unknown =>
    infer('MatMul', inputs, { transA: false, transB: false, activation: NO_ACTIVATION });
const normalize =
  (channels: readonly number[], axis = 3) =>
  (): unknown =>
    infer('BatchNormalization', [x, ...channels.map((c) => of([c]))], {
      axis,
      epsilon: 1e-5,
      activation: NO_ACTIVATION,
    });
const resize =
  (scales?: Operand, sizes?: Operand, input = x) =>
  (): unknown =>
    infer('Resize', [input, scales, sizes], { ...PLAIN_RESIZE, axes: [1, 2], mode: 'linear' });

const x = of([1, 5, 5, 4]);
const w = of([3, 3, 4, 6]);

const misfits: readonly (readonly [string, () => unknown])[] = [
  ['Conv without weights', conv([x])],
  ['Conv of integers', conv([of([1, 5, 5, 4], 'int32'), w])],
  ['Conv with weights of another rank', conv([x, of([3, 4, 6])])],
  ['Conv with weights for other channels', conv([x, of([3, 3, 3, 6])])],
  ['Conv with groups that do not divide the outputs', conv([x, of([3, 3, 1, 6])], { group: 4 })],
  ['Conv with no groups', conv([x, w], { group: 0 })],
  ['Conv with a short bias', conv([x, w, of([5])])],
  ['Conv with a residual of another shape', conv([x, w, undefined, of([1, 5, 5, 6])])],
  ['Conv with a scale for other channels', conv([x, of([1, 1, 4, 6]), undefined, undefined, of([1, 1, 1, 5])])],
  ['Conv with a scale of every pixel', conv([x, of([1, 1, 4, 6]), undefined, undefined, of([1, 5, 5, 4])])],
  ['Conv with a scale of integers', conv([x, of([1, 1, 4, 6]), undefined, undefined, of([1, 1, 1, 4], 'int32')])],
  ['Conv with a scale and a wide window', conv([x, w, undefined, undefined, of([1, 1, 1, 4])])],
  [
    'Conv with a scale and a stride',
    conv([x, of([1, 1, 4, 6]), undefined, undefined, of([1, 1, 1, 4])], { strides: [2, 2] }),
  ],
  ['Conv with a kernel larger than the input', conv([x, of([7, 7, 4, 6])])],
  ['Conv with a dilated kernel larger than the input', conv([x, w], { dilations: [3, 1] })],
  ['Conv with too few strides', conv([x, w], { strides: [1] })],
  ['Conv with a zero stride', conv([x, w], { strides: [0, 1] })],
  ['Conv with too few pads', conv([x, w], { pads: [0, 0] })],
  ['Conv with negative pads', conv([x, w], { pads: [0, -1, 0, 0] })],
  ['Conv without spatial dimensions', conv([of([1, 4]), of([4, 6])], { strides: [], dilations: [], pads: [] })],
  ['Conv of four spatial dimensions', conv([of([1, 1, 1, 1, 1, 1]), of([1, 1, 1, 1, 1, 1])])],
  ['Conv with an output too large', conv([x, w], { pads: [30_000, 30_000, 30_000, 30_000] })],
  ['a pool larger than the input', pool(x, { kernel: [6, 1] })],
  ['a pool padded by whole windows', pool(x, { kernel: [2, 2], pads: [2, 0, 0, 0] })],
  ['a pool with a short kernel', pool(x, { kernel: [2] })],
  ['a global pool without spatial dimensions', () => infer('GlobalAveragePool', [of([2, 3])], {})],
  ['a global pool of nothing', () => infer('GlobalMaxPool', [of([2, 0, 3])], {})],
  ['Gemm of inner extents that differ', gemm(of([2, 3]), of([4, 5]))],
  ['Gemm of rank 3', gemm(of([1, 2, 3]), of([3, 5]))],
  ['Gemm with c that does not broadcast', gemm(of([2, 3]), of([3, 5]), of([2]))],
  ['Gemm with c that would stretch the product', gemm(of([1, 3]), of([3, 5]), of([2, 5]))],
  ['Gemm with an output too large', gemm(of([100_000, 1]), of([1, 100_000]))],
  ['Gemm of bytes', scaledGemm('int8', {})],
  ['Gemm of floats and integers', gemm(of([2, 3]), of([3, 5], 'int32'))],
  ['Gemm of integers and floats to add', gemm(of([2, 3], 'int32'), of([3, 5], 'int32'), of([5]))],
  ['Gemm of integers of two types', gemm(of([2, 3], 'int32'), of([3, 5], 'int64'))],
  ['Gemm of integers by a fraction', scaledGemm('int32', { alpha: 0.5 })],
  ['Gemm of integers and a fraction of c', scaledGemm('uint64', { beta: 1.5 })],
  ['Gemm of integers by infinity', scaledGemm('int64', { alpha: Infinity })],
  ['Gemm of integers by NaN', scaledGemm('uint32', { beta: NaN })],
  ['Gemm of integers with an activation', scaledGemm('int32', { activation: RELU })],
  ['MatMul of bytes', matMul(of([2, 3], 'uint8'), of([3, 5], 'uint8'))],
  ['MatMul of truth values', matMul(of([2, 3], 'bool'), of([3, 5], 'bool'))],
  ['MatMul of integers with a real bias', matMul(of([2, 3], 'int32'), of([3, 5], 'int32'), of([5]))],
  ['MatMul of inner extents that differ', matMul(of([2, 3]), of([4, 5]))],
  ['MatMul of batches that do not broadcast', matMul(of([2, 3, 4]), of([3, 4, 5]))],
  ['MatMul of a scalar', matMul(of([]), of([4]))],
  ['MatMul of two types', matMul(of([2, 3]), of([3, 5], 'int32'))],
  ['MatMul with a short bias', matMul(of([2, 3]), of([3, 5]), of([4]))],
  ['BatchNormalization with short statistics', normalize([4, 4, 4, 3])],
  ['BatchNormalization without a variance', normalize([4, 4, 4])],
  ['BatchNormalization along no axis', normalize([4, 4, 4, 4], 4)],
  ['LRN over no channels', () => infer('LRN', [x], { size: 0, alpha: 1, beta: 1, bias: 1 })],
  ['Softmax along no axis', () => infer('Softmax', [x], { axes: [], log: false })],
  ['Softmax along an axis outside', () => infer('Softmax', [x], { axes: [4], log: false })],
  ['Softmax along an axis twice', () => infer('Softmax', [x], { axes: [3, -1], log: false })],
  ['Resize by neither scales nor sizes', resize()],
  ['Resize by both scales and sizes', resize(known('float32', [2, 2]), known('int64', [4, 4]))],
  ['Resize by scales that depend on the data', resize(of([2]))],
  ['Resize by too few scales', resize(known('float32', [2]))],
  ['Resize from nothing', resize(undefined, known('int64', [2, 3]), of([1, 0, 5, 4]))],
  [
    'Resize of an axis named twice',
    () => infer('Resize', [x, known('float32', [2, 2])], { ...PLAIN_RESIZE, axes: [1, -3] }),
  ],
  [
    'Resize of an axis that is not there',
    () => infer('Resize', [x, known('float32', [2])], { ...PLAIN_RESIZE, axes: [4] }),
  ],
  [
    'Resize to a region that is not given',
    () =>
      infer('Resize', [x, known('float32', [2])], { ...PLAIN_RESIZE, axes: [1], coordinateMode: 'tf_crop_and_resize' }),
  ],
  ['Resize to a negative size', resize(undefined, known('int64', [-1, 3]))],
  ['Resize to an output too large', resize(known('float32', [1e5, 1e5]))],
  ['linear Resize of truths', resize(known('float32', [2, 2]), undefined, of([1, 5, 5, 4], 'bool'))],
  ['PRelu with a slope that does not broadcast', () => infer('PRelu', [x, of([3])], {})],
  ['PRelu with a slope that would stretch x', () => infer('PRelu', [x, of([2, 1, 1, 1])], {})],
  ['ChannelShuffle of groups that do not divide', () => infer('ChannelShuffle', [x], { groups: 3 })],
];

describe('inference refuses', () => {
  it.each(misfits)('%s', (_why, attempt) => {
    expect(attempt).toThrow(ShapeError);
  });
});

describe('windows', () => {
  const axis = { input: 6, kernel: 3, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };

  it('round the extent down, or up in ceil mode', () => {
    expect(outputExtent(axis)).toBe(2);
    expect(outputExtent(axis, true)).toBe(3);
  });

  it('drop a ceil-mode window that starts past the input and its begin padding', () => {
    expect(outputExtent({ ...axis, input: 5, kernel: 2, stride: 4, padBegin: 1 }, true)).toBe(2);
    expect(outputExtent({ ...axis, input: 2, kernel: 1, stride: 3 }, true)).toBe(1);
  });

  it('put the odd element of "same" padding at the end (upper) or the begin (lower)', () => {
    const same = { strides: [2], dilations: [1], pads: [], padMode: 'sameUpper' } as const;
    expect(resolvePads(same, [6], [3])).toEqual([0, 1]);
    expect(resolvePads({ ...same, padMode: 'sameLower' }, [6], [3])).toEqual([1, 0]);
    expect(resolvePads({ ...same, strides: [3] }, [7], [1])).toEqual([0, 0]);
    expect(resolvePads({ ...same, padMode: 'explicit', pads: [2, 1] }, [6], [3])).toEqual([2, 1]);
  });
});

function multiplyAdds<K extends OpKind>(op: K, inputs: readonly TensorDesc[], attributes: OpAttributes[K]): number {
  const definition = OPS[op] as unknown as OpDefinition<K>;
  const node: NodeOf<K> = { op, name: 'n', inputs: [], outputs: [], attributes };
  return definition.multiplyAdds?.(node, inputs, definition.infer(node, inputs)) ?? 0;
}

describe('multiply-adds', () => {
  it('count one per weight and output pixel', () => {
    const attributes = { ...window, group: 2, activation: NO_ACTIVATION };
    expect(multiplyAdds('Conv', [x, of([3, 3, 2, 6])], attributes)).toBe(3 * 3 * 2 * 6 * 9);
    const product = { transA: false, transB: true, activation: NO_ACTIVATION };
    expect(multiplyAdds('Gemm', [of([2, 3]), of([5, 3])], { ...product, alpha: 1, beta: 1 })).toBe(30);
    expect(multiplyAdds('MatMul', [of([7, 1, 2, 3]), of([4, 5, 3])], product)).toBe(7 * 4 * 30);
  });
});
