/** Resize of opset 18 (axes, policies, antialias) and 19, GridSample of opset 20 (volumes, other names) and 22. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const floats = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);
const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const x = wave([1, 2, 5, 7]);

function resize(
  name: string,
  opset: number,
  given: { readonly scales?: Tensor; readonly sizes?: Tensor },
  attributes: OnnxNode['attributes'],
): LaterCase {
  const inputs = given.scales ? 'x  scales' : 'x   sizes';
  return { name, opset, node: node('Resize', inputs, 'y', attributes), inputs: { x }, constants: { ...given } };
}

const linear = { mode: { s: 'linear' } };
const cubic = { mode: { s: 'cubic' } };
const last = { axes: { ints: [2, 3] } };
const antialias = { antialias: { i: 1 } };

/** Where samples lie, between −1.25 and 1.25. */
function grid(...shape: number[]): Tensor {
  const { data } = wave(shape);
  return tensorOf(
    'float32',
    shape,
    Float32Array.from(data, (v) => v * 0.625),
  );
}

function sampled(name: string, opset: number, attributes: OnnxNode['attributes'], volume = false): LaterCase {
  const inputs = volume
    ? { x: wave([2, 2, 3, 4, 5]), grid: grid(2, 2, 3, 4, 3) }
    : { x: wave([2, 3, 5, 4]), grid: grid(2, 3, 6, 2) };
  return { name, opset, node: node('GridSample', 'x grid', 'y', attributes), inputs, terms: 16 };
}

const aligned = { align_corners: { i: 1 } };

export const LATER_SAMPLE: LaterCases = {
  Resize: alsoIn(
    [19],
    [
      resize('scales along axes', 18, { scales: floats(2, 1.5) }, { ...linear, ...last }),
      resize('sizes along axes from the end', 18, { sizes: ints(3, 9) }, { ...linear, axes: { ints: [-2, -1] } }),
      resize('axes in another order', 18, { sizes: ints(9, 3) }, { ...linear, axes: { ints: [3, 2] } }),
      resize(
        'not larger than',
        18,
        { sizes: ints(8, 8) },
        { ...linear, ...last, keep_aspect_ratio_policy: { s: 'not_larger' } },
      ),
      resize(
        'not smaller than',
        19,
        { sizes: ints(8, 8) },
        { ...linear, ...last, keep_aspect_ratio_policy: { s: 'not_smaller' } },
      ),
      resize('smaller, antialiased', 18, { sizes: ints(1, 2, 2, 3) }, { ...linear, ...antialias }),
      resize('smaller, antialiased cubic', 18, { sizes: ints(1, 2, 3, 3) }, { ...cubic, ...antialias }),
      resize(
        'half_pixel_symmetric',
        19,
        { scales: floats(1, 1, 0.7, 1.3) },
        { ...linear, coordinate_transformation_mode: { s: 'half_pixel_symmetric' } },
      ),
      resize(
        'cubic without what lies outside',
        19,
        { scales: floats(1, 1, 2, 2) },
        { ...cubic, exclude_outside: { i: 1 } },
      ),
      resize(
        'nearest',
        24,
        { scales: floats(1, 1, 2, 0.6) },
        { nearest_mode: { s: 'floor' }, coordinate_transformation_mode: { s: 'asymmetric' } },
      ),
    ],
  ),
  GridSample: alsoIn(
    [22],
    [
      sampled('linear', 20, { mode: { s: 'linear' } }),
      sampled('cubic', 20, { mode: { s: 'cubic' }, padding_mode: { s: 'border' } }),
      sampled('nearest, reflected', 20, { mode: { s: 'nearest' }, padding_mode: { s: 'reflection' } }),
      sampled('linear, corners aligned', 20, { mode: { s: 'linear' }, ...aligned }),
      sampled('volume, linear', 20, { mode: { s: 'linear' } }, true),
      sampled('volume, nearest', 20, { mode: { s: 'nearest' }, padding_mode: { s: 'border' } }, true),
      sampled('volume, reflected', 20, { padding_mode: { s: 'reflection' }, ...aligned }, true),
    ],
  ),
};
