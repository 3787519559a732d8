/** Convolutions, and what pools regions, of opset 19 and 22: DeformConv, Conv, ConvTranspose, RoiAlign, MaxRoiPool, MaxUnpool. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const ints = (name: string, ...values: number[]) => ({ [name]: { ints: values } });

interface Form {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly b?: Tensor;
  readonly attributes?: OnnxNode['attributes'];
}

function conv(op: string, name: string, { x, w, b, attributes }: Form): LaterCase {
  const constants = { w, ...(b ? { b } : {}) };
  const of = node(op, b ? 'x w b' : 'x w', 'y', attributes);
  return { name, opset: 22, node: of, inputs: { x }, constants, terms: 64 };
}

const x = wave([2, 4, 7, 6]);
const stride = ints('strides', 2, 2);
const pads = ints('pads', 1, 0, 1, 2);

function deformed(
  name: string,
  groups: number,
  mask: boolean,
  attributes: OnnxNode['attributes'],
  [h, w]: readonly [number, number] = [6, 5],
): LaterCase {
  const { data } = wave([2, groups * 8, h, w]);
  const offset = tensorOf(
    'float32',
    [2, groups * 8, h, w],
    Float32Array.from(data, (v) => v * 0.8),
  );
  const constants = { w: wave([3, 4, 2, 2]), b: wave([3]) };
  const inputs = { x, offset, ...(mask ? { mask: wave([2, groups * 4, h, w]) } : {}) };
  const of = node('DeformConv', mask ? 'x w offset b mask' : 'x w offset b', 'y', attributes);
  return { name, opset: 19, node: of, inputs, constants, terms: 64 };
}

const regions = tensorOf('float32', [3, 4], [0, 0, 5, 4, 1.5, 2, 4, 6, -1, -2, 8, 9]);
const batch = tensorOf('int64', [3], [0, 1, 1]);
const output = { output_height: { i: 3 }, output_width: { i: 2 } };

function aligned(name: string, opset: number, attributes: OnnxNode['attributes']): LaterCase {
  const of = node('RoiAlign', 'x rois batch', 'y', { ...output, ...attributes });
  return { name, opset, asked: 18, node: of, inputs: { x, rois: regions, batch }, terms: 16 };
}

function pooled(name: string, scale: number, size: readonly number[]): LaterCase {
  const rois = tensorOf('float32', [3, 5], [0, 0, 0, 4, 4, 1, 1, 2, 5, 6, 1, 2, 2, 2, 2]);
  const attributes = { pooled_shape: { ints: [...size] }, spatial_scale: { f: scale } };
  return { name, opset: 22, asked: 18, node: node('MaxRoiPool', 'x rois', 'y', attributes), inputs: { x, rois } };
}

/** The largest of each window, back where they were. */
function unpooled(name: string, [h, w]: readonly [number, number], all?: Tensor): LaterCase {
  const size = h * w;
  const where = Array.from({ length: 2 * size }, (_, i) => {
    const [c, rest] = [Math.floor(i / size), i % size];
    return c * 4 * size + (2 * Math.floor(rest / w) + (i % 2)) * 2 * w + 2 * (rest % w) + ((i >> 1) % 2);
  });
  const attributes = { ...ints('kernel_shape', 2, 2), ...stride };
  const of = node('MaxUnpool', all ? 'x where all' : 'x where', 'y', attributes);
  const inputs = { x: wave([1, 2, h, w]), where: tensorOf('int64', [1, 2, h, w], where) };
  return { name, opset: 22, node: of, inputs, constants: all ? { all } : {} };
}

export const LATER_CONV: LaterCases = {
  Conv: [
    conv('Conv', 'plain', { x, w: wave([3, 4, 3, 2]) }),
    conv('Conv', 'pads and strides', { x, w: wave([3, 4, 3, 3]), b: wave([3]), attributes: { ...pads, ...stride } }),
    conv('Conv', 'groups', { x, w: wave([6, 2, 1, 3]), attributes: { group: { i: 2 } } }),
    conv('Conv', 'a channel each', { x, w: wave([4, 1, 3, 3]), b: wave([4]), attributes: { group: { i: 4 } } }),
    conv('Conv', 'dilated', { x, w: wave([3, 4, 2, 2]), attributes: ints('dilations', 2, 3) }),
    conv('Conv', 'a line', { x: wave([2, 3, 11]), w: wave([4, 3, 3]), attributes: { auto_pad: { s: 'SAME_LOWER' } } }),
    conv('Conv', 'a volume', { x: wave([1, 2, 4, 5, 4]), w: wave([3, 2, 2, 3, 2]), b: wave([3]) }),
  ],
  ConvTranspose: [
    conv('ConvTranspose', 'plain', { x, w: wave([4, 3, 3, 2]) }),
    conv('ConvTranspose', 'strides', { x, w: wave([4, 3, 2, 2]), b: wave([3]), attributes: stride }),
    conv('ConvTranspose', 'output padding', {
      x,
      w: wave([4, 3, 3, 3]),
      attributes: { ...stride, ...ints('output_padding', 1, 1), ...ints('pads', 1, 1, 1, 1) },
    }),
    conv('ConvTranspose', 'groups', { x, w: wave([4, 2, 3, 3]), attributes: { group: { i: 2 } } }),
    conv('ConvTranspose', 'output shape', {
      x,
      w: wave([4, 3, 3, 3]),
      attributes: { ...stride, ...ints('output_shape', 14, 12) },
    }),
    conv('ConvTranspose', 'a line', { x: wave([2, 3, 5]), w: wave([3, 2, 4]), attributes: ints('strides', 3) }),
  ],
  DeformConv: alsoIn(
    [22],
    [
      deformed('plain', 1, false, {}),
      deformed('with a mask', 1, true, {}),
      deformed('two groups of offsets', 2, false, { offset_group: { i: 2 } }),
      deformed('two groups of offsets, with a mask', 2, true, { offset_group: { i: 2 } }),
      deformed('strides', 1, false, stride, [3, 3]),
      deformed('pads, with a mask', 1, true, ints('pads', 1, 0, 1, 2), [8, 7]),
    ],
  ),
  RoiAlign: [
    aligned('half pixels', 22, {}),
    aligned('as output', 22, { coordinate_transformation_mode: { s: 'output_half_pixel' } }),
    aligned('largest', 22, { mode: { s: 'max' }, sampling_ratio: { i: 2 } }),
    aligned('samples', 22, { sampling_ratio: { i: 3 } }),
    aligned('scaled', 22, { spatial_scale: { f: 0.5 } }),
    aligned('one sample', 22, { sampling_ratio: { i: 1 } }),
    aligned('of opset 18', 18, { sampling_ratio: { i: 1 } }),
  ],
  MaxRoiPool: [
    pooled('2 × 2', 1, [2, 2]),
    pooled('3 × 1', 1, [3, 1]),
    pooled('1 × 1', 1, [1, 1]),
    pooled('half', 0.5, [2, 2]),
    pooled('larger', 1.5, [2, 3]),
    pooled('finer than the map', 1, [5, 7]),
  ],
  MaxUnpool: [
    unpooled('3 × 4', [3, 4]),
    unpooled('1 × 1', [1, 1]),
    unpooled('5 × 1', [5, 1]),
    unpooled('7 × 3', [7, 3]),
    unpooled('of a size that is told', [2, 2], tensorOf('int64', [4], [1, 2, 4, 4])),
    unpooled('2 × 5', [2, 5]),
  ],
};
