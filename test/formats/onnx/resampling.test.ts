/** Resize, Upsample and training batch normalisation as files write them: run on the CPU, and by onnxruntime. */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { OnnxModel, OnnxNode } from '../../helpers/onnx-bytes.ts';
import { agreesWithOrt, floatPort, node, wave } from '../../helpers/onnx-models.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const floats = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);
const model = (
  opset: number,
  nodes: readonly OnnxNode[],
  outputs: OnnxModel['outputs'],
  initializers: Readonly<Record<string, Tensor>> = {},
  declared: readonly (number | string)[] = ['n', 'a', 'b', 'c'],
): OnnxModel => ({
  opset,
  inputs: [{ name: 'x', dtype: 'float32', shape: declared }],
  outputs,
  nodes,
  initializers: Object.entries(initializers),
});
const fed = (given: OnnxModel, name: string, dtype: 'float32' | 'int64', count: number): OnnxModel => ({
  ...given,
  inputs: [...given.inputs, { name, dtype, shape: [count] }],
});

const LINEAR = { mode: { s: 'linear' } };
const y = [floatPort('y', 4)];

const vector = (name: string) => floatPort(name, 1);
const normalise = (outputs: string, attributes = {}): OnnxNode =>
  node('BatchNormalization', 'x scale bias mean variance', outputs, { momentum: { f: 0.8 }, ...attributes });

describe('resampling', () => {
  it('channels-last images to sizes that follow from their shape', async () => {
    const nodes = [
      node('Shape', 'x', 's'),
      node('Mul', 's factors', 'sizes'),
      node('Resize', 'x   sizes', 'y', LINEAR),
    ];
    await agreesWithOrt(model(13, nodes, y, { factors: ints(1, 2, 3, 1) }), { x: wave([2, 4, 5, 3]) });
  });

  it('by scales that are computed, with an empty list beside', async () => {
    const nodes = [
      node('Shape', 'x', 's'),
      node('Cast', 's', 'extents', { to: { i: 1 } }),
      node('Div', 'wanted extents', 'scales'),
      node('Resize', 'x none scales', 'y', { coordinate_transformation_mode: { s: 'asymmetric' } }),
    ];
    const constants = { wanted: floats(2, 8, 10, 3), none: floats() };
    await agreesWithOrt(model(13, nodes, y, constants), { x: wave([2, 4, 5, 3]) });
  });

  it('batch and channels too, by nearest neighbours', async () => {
    const constants = { sizes: ints(4, 3, 2, 6), none: floats() };
    const nodes = [node('Resize', 'x none none sizes', 'y')];
    await agreesWithOrt(model(11, nodes, y, constants), { x: wave([2, 4, 5, 3]) });
  });

  it('to sizes and by scales that are fed', async () => {
    const x = wave([1, 4, 5, 3]);
    const bySizes = fed(
      model(18, [node('Resize', 'x   t', 'y', { ...LINEAR, axes: { ints: [1, 2] } })], y),
      't',
      'int64',
      2,
    );
    await agreesWithOrt(bySizes, { x, t: ints(7, 3) });
    const byScales = fed(model(13, [node('Resize', 'x  t', 'y', LINEAR)], y), 't', 'float32', 4);
    await agreesWithOrt(byScales, { x, t: floats(1, 2, 1.5, 1) });
    await agreesWithOrt(byScales, { x, t: floats(1, 1, 2, 3) });
  });

  it('a region that is fed', async () => {
    const crops = {
      ...LINEAR,
      coordinate_transformation_mode: { s: 'tf_crop_and_resize' },
      extrapolation_value: { f: 9 },
    };
    const given = model(13, [node('Resize', 'x roi  sizes', 'y', crops)], y, { sizes: ints(1, 2, 7, 4) });
    const roi = floats(0, 0, 0.2, -0.1, 1, 1, 0.9, 1.2);
    await agreesWithOrt(fed(given, 'roi', 'float32', 8), { x: wave([1, 2, 5, 6]), roi });
  });

  it('to the nearest of two that are as near, by scales that float32 does not hold', async () => {
    const TIES = [
      ['asymmetric', 'round_prefer_ceil', 7, 4],
      ['asymmetric', 'round_prefer_floor', 7, 38],
      ['half_pixel', 'round_prefer_ceil', 14, 1],
      ['half_pixel', 'round_prefer_floor', 14, 19],
    ] as const;
    for (const [mode, rounding, from, to] of TIES) {
      const attributes = { coordinate_transformation_mode: { s: mode }, nearest_mode: { s: rounding } };
      const given = model(13, [node('Resize', 'x   t', 'y', attributes)], y, { t: ints(1, 1, to, 2) });
      await agreesWithOrt(given, { x: wave([1, 1, from, 2]) });
    }
  });

  it('between the Transposes that exporters write', async () => {
    const nodes = [
      node('Transpose', 'x', 'first', { perm: { ints: [0, 3, 1, 2] } }),
      node('Resize', 'first none scales', 'larger', { mode: { s: 'cubic' } }),
      node('Transpose', 'larger', 'y', { perm: { ints: [0, 2, 3, 1] } }),
    ];
    await agreesWithOrt(model(11, nodes, y, { scales: floats(1, 1, 2, 1.5), none: floats() }), {
      x: wave([1, 4, 5, 3]),
    });
  });

  it('by the older operators', async () => {
    const x = wave([1, 3, 4, 5]);
    const upsample7 = node('Upsample', 'x', 'y', { mode: { s: 'linear' }, scales: { floats: [1, 1, 2, 3] } });
    await agreesWithOrt(model(7, [upsample7], y), { x });
    await agreesWithOrt(model(9, [node('Upsample', 'x s', 'y')], y, { s: floats(1, 2, 2, 1.5) }), { x });
    await agreesWithOrt(model(9, [node('Upsample', 'x s', 'y', LINEAR)], y, { s: floats(1, 2, 2.5, 1) }), { x });
    await agreesWithOrt(model(10, [node('Resize', 'x s', 'y')], y, { s: floats(1, 1, 0.6, 2.4) }), { x });
  });
});

describe('batch normalisation in training', () => {
  const parameters = {
    scale: floats(0.5, -1, 2),
    bias: floats(1, 0, -1),
    mean: floats(0.1, 0.2, 0.3),
    variance: floats(1, 2, 0.5),
  };

  it('before opset 14 is said by five outputs, read or not', async () => {
    const all = [...y, ...['m', 'v', 'sm', 'sv'].map(vector)];
    const x = wave([2, 3, 4, 5]);
    await agreesWithOrt(model(9, [normalise('y m v sm sv')], all, parameters), { x });
    await agreesWithOrt(model(7, [normalise('y m v sm sv', { epsilon: { f: 0.1 } })], y, parameters), { x });
  });

  it('from opset 14 on is said by an attribute', async () => {
    const all = [...y, ...['m', 'v'].map(vector)];
    const trained = normalise('y m v', { training_mode: { i: 1 } });
    await agreesWithOrt(model(15, [trained], all, parameters), { x: wave([2, 3, 4, 5]) });
    const matrix = model(14, [trained], [floatPort('y', 2), ...all.slice(1)], parameters, ['n', 3]);
    await agreesWithOrt(matrix, { x: wave([5, 3]) });
    const signal = model(14, [trained], [floatPort('y', 3), ...all.slice(1)], parameters, ['n', 3, 'w']);
    await agreesWithOrt(signal, { x: wave([2, 3, 7]) });
  });
});
