/** Pools: LpPool of opset 18 (dilations, rounding up), AveragePool of 19 (dilations), all of 22. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const up = { ceil_mode: { i: 1 } };
const ints = (name: string, ...values: number[]) => ({ [name]: { ints: values } });
const dilated = ints('dilations', 2, 2);

function pool(op: string, name: string, opset: number, attributes: OnnxNode['attributes'], x: Tensor): LaterCase {
  return { name, opset, node: node(op, 'x', 'y', attributes), inputs: { x }, terms: 9 };
}

const image = wave([2, 3, 7, 8]);
const line = wave([2, 3, 9]);
const volume = wave([1, 2, 5, 4, 6]);
const kernel = (...values: number[]) => ints('kernel_shape', ...values);

function common(op: string, opset = 22): LaterCase[] {
  return [
    pool(op, 'plain', opset, kernel(3, 2), image),
    pool(
      op,
      'strides and pads',
      opset,
      { ...kernel(3, 3), ...ints('strides', 2, 2), ...ints('pads', 1, 1, 1, 1) },
      image,
    ),
    pool(op, 'dilated', opset, { ...kernel(3, 2), ...dilated }, image),
    pool(op, 'rounded up', opset, { ...kernel(3, 3), ...ints('strides', 2, 3), ...up }, image),
    pool(op, 'same size', opset, { ...kernel(3, 3), ...ints('strides', 2, 2), auto_pad: { s: 'SAME_UPPER' } }, image),
    pool(op, 'of a line', opset, { ...kernel(3), ...ints('strides', 2) }, line),
    pool(op, 'of a volume', opset, { ...kernel(2, 2, 3), ...ints('strides', 2, 1, 2) }, volume),
  ];
}

export const LATER_POOLS: LaterCases = {
  AveragePool: [
    ...alsoIn([22], common('AveragePool', 19)),
    pool(
      'AveragePool',
      'dilated, pads counted',
      19,
      { ...kernel(3, 3), ...dilated, ...ints('pads', 1, 1, 1, 1), count_include_pad: { i: 1 } },
      image,
    ),
    pool(
      'AveragePool',
      'rounded up, with pads',
      19,
      { ...kernel(3, 3), ...ints('strides', 2, 2), ...ints('pads', 1, 1, 0, 0), ...up },
      image,
    ),
  ],
  MaxPool: [
    ...common('MaxPool'),
    { name: 'with indices', opset: 22, node: node('MaxPool', 'x', 'y where', kernel(2, 2)), inputs: { x: image } },
  ],
  LpPool: [
    ...alsoIn([22], common('LpPool', 18)),
    pool('LpPool', 'dilated, of p = 3', 18, { ...kernel(3, 2), ...dilated, p: { i: 3 } }, image),
    pool(
      'LpPool',
      'rounded up, of p = 1',
      18,
      { ...kernel(3, 2), ...ints('strides', 2, 3), ...up, p: { i: 1 } },
      image,
    ),
  ],
  GlobalAveragePool: globals('GlobalAveragePool'),
  GlobalMaxPool: globals('GlobalMaxPool'),
  GlobalLpPool: globals('GlobalLpPool').map(withNorms),
};

function globals(op: string): LaterCase[] {
  return [image, line, volume, wave([1, 1, 1, 1]), wave([3, 5, 1, 17])]
    .map((x) => pool(op, x.shape.join(' × '), 22, {}, x))
    .concat(pool(op, 'of p = 3, where it has one', 22, op === 'GlobalLpPool' ? { p: { i: 3 } } : {}, image));
}

/** The case with (Σ|x|ᵖ)^(1/p) of every channel. */
function withNorms(c: LaterCase): LaterCase {
  const { x = line } = c.inputs;
  const given = c.node.attributes?.['p'];
  const p = given && 'i' in given ? Number(given.i) : 2;
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  const size = spatial.reduce((n, d) => n * d, 1);
  const norms = Array.from({ length: batch * channels }, (_, i) => {
    const part = Array.from(x.data.subarray(i * size, (i + 1) * size));
    return part.reduce((sum, v) => sum + Math.abs(v) ** p, 0) ** (1 / p);
  });
  const outputs = [tensorOf('float32', [batch, channels, ...spatial.map(() => 1)], norms)];
  return { ...c, plain: { why: 'onnxruntime-web has no kernel of opset 22', outputs } };
}
