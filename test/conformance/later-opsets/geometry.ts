/** Grids of affine maps (opset 20), centres cut out or framed (18), and pads that wrap around (19). */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { DType } from '../../../src/core/dtype.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const count = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
const counted = (dtype: DType, shape: readonly number[]): Tensor =>
  tensorOf(
    dtype,
    shape,
    Array.from({ length: count(shape) }, (_, i) => (dtype === 'bool' ? i % 2 : i % 100)),
  );

const grid = (name: string, theta: Tensor, size: readonly number[], aligned: boolean): LaterCase => ({
  name,
  opset: 20,
  node: node('AffineGrid', 'theta size', 'grid', { align_corners: { i: aligned ? 1 : 0 } }),
  inputs: { theta },
  constants: { size: ints(...size) },
});

const center = (name: string, x: Tensor, shape: readonly number[], axes?: readonly number[]): LaterCase => ({
  name,
  opset: 18,
  node: node('CenterCropPad', 'x shape', 'y', axes ? { axes: { ints: axes } } : {}),
  inputs: { x },
  constants: { shape: ints(...shape) },
});

const wrap = (name: string, x: Tensor, pads: readonly number[], form: Partial<LaterCase> = {}): LaterCase => ({
  name,
  opset: 19,
  node: node('Pad', 'x pads', 'y', { mode: { s: 'wrap' } }),
  inputs: { x },
  constants: { pads: ints(...pads) },
  ...form,
});

/** So many elements of x, over and over, of which the first is `before` places on. */
const around = ({ data }: Tensor, before: number, length: number): number[] =>
  Array.from({ length }, (_, i) => data[(((i - before) % data.length) + data.length) % data.length] ?? 0);

/** Pixels of one row, the first and last at −1 and 1, the row at 0. */
function middleRow({ data }: Tensor, length: number): Tensor {
  const [a = 0, , c = 0, d = 0, , f = 0] = data;
  const places = Array.from({ length }, (_, i) => (2 * i) / (length - 1) - 1);
  return tensorOf(
    'float32',
    [1, 1, length, 2],
    places.flatMap((x) => [a * x + c, d * x + f]),
  );
}

export const LATER_GEOMETRY: LaterCases = {
  AffineGrid: [
    grid('pictures', wave([2, 2, 3]), [2, 3, 5, 7], false),
    grid('pictures, corners aligned', wave([1, 2, 3]), [1, 1, 4, 3], true),
    grid('volumes', wave([1, 3, 4]), [1, 2, 3, 4, 5], false),
    grid('volumes, corners aligned', wave([2, 3, 4]), [2, 1, 2, 3, 5], true),
    grid('one pixel', wave([1, 2, 3]), [1, 1, 1, 1], false),
    grid('one row', wave([1, 2, 3]), [1, 1, 1, 9], false),
    {
      ...grid('one row, corners aligned', wave([1, 2, 3]), [1, 1, 1, 9], true),
      plain: {
        why: 'ONNX does not say where one pixel lies that is both corners: PyTorch has it in the middle, onnxruntime at 1',
        outputs: [middleRow(wave([1, 2, 3]), 9)],
      },
    },
    {
      ...grid('of a size that is fed', wave([1, 2, 3]), [], false),
      inputs: { theta: wave([1, 2, 3]), size: ints(1, 1, 6, 2) },
      constants: {},
    },
  ],
  CenterCropPad: [
    center('cut, odd and even', wave([2, 7, 8, 3]), [2, 4, 5, 3]),
    center('framed, odd and even', wave([2, 4, 5]), [2, 7, 9]),
    center('cut here and framed there', wave([2, 9, 4]), [5, 4, 4]),
    center('of some axes', wave([2, 9, 4]), [4, 7], [-1, 1]),
    center('int32', counted('int32', [5, 6]), [2, 9]),
    center('bool', counted('bool', [5, 6]), [8, 3]),
    center('uint8', counted('uint8', [3, 5, 7]), [5, 5], [0, 2]),
    {
      ...center('of a shape that is fed', wave([6, 5]), []),
      inputs: { x: wave([6, 5]), shape: ints(3, 8) },
      constants: {},
    },
  ],
  Pad: alsoIn(
    [21, 23, 24],
    [
      wrap('one dimension', wave([5]), [2, 3]),
      wrap('further than around', wave([5]), [12, 7], {
        plain: {
          why: 'onnxruntime goes around once, and reads what is not there',
          outputs: [tensorOf('float32', [24], around(wave([5]), 12, 24))],
        },
      }),
      wrap('of all dimensions', wave([2, 3, 4]), [1, 0, 3, 2, 5, 0]),
      wrap('of int64', counted('int64', [3, 4]), [0, 2, 4, 0]),
      wrap('of int8', counted('int8', [3, 5]), [1, 1, 0, 6]),
      wrap('of bool', counted('bool', [3, 5]), [1, 1, 0, 6]),
      wrap('cut', wave([5, 6]), [-1, -2, 0, -1]),
      wrap('of some axes', wave([3, 4, 5]), [], {
        node: node('Pad', 'x pads  axes', 'y', { mode: { s: 'wrap' } }),
        constants: { pads: ints(1, 2, 3, 1), axes: ints(-1, 0) },
      }),
    ],
  ),
};
