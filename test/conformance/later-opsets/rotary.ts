/** RotaryEmbedding of opset 23. */
import { tensorOf } from '../../../src/core/tensor.ts';
import type { OnnxAttribute } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

interface Form {
  readonly shape: readonly number[];
  /** Of every row, or a table of them for `positions`. */
  readonly angles: readonly number[];
  /** Positions of the rows of each image. */
  readonly positions?: readonly number[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly half?: boolean;
}

function form(name: string, { shape, angles, positions, attributes = {}, half = false }: Form): LaterCase {
  const dtype = half ? 'float16' : 'float32';
  const images = shape[0] ?? 1;
  const x = wave(shape, dtype);
  const cos = wave(angles, dtype);
  const sin = tensorOf(dtype, angles, [...cos.data].reverse());
  const where = positions && { p: tensorOf('int64', [images, positions.length / images], positions) };
  return {
    name,
    opset: 23,
    node: node('RotaryEmbedding', where ? 'x cos sin p' : 'x cos sin', 'y', attributes),
    inputs: { x, cos, sin, ...where },
    terms: 4,
  };
}

const POSITIONS = [0, 1, 2, 3, 8, 7, 5, 4];
const NEIGHBOURS = { interleaved: { i: 1 } };
const HEADS = { num_heads: { i: 3 } };

export const LATER_ROTARY: LaterCases = {
  RotaryEmbedding: [
    form('angles of every row', { shape: [2, 3, 4, 6], angles: [2, 4, 3] }),
    form('positions in a table', { shape: [2, 3, 4, 6], angles: [9, 3], positions: POSITIONS }),
    form('neighbours', { shape: [2, 3, 4, 6], angles: [2, 4, 3], attributes: NEIGHBOURS }),
    form('neighbours, positions in a table', {
      shape: [2, 3, 4, 6],
      angles: [9, 3],
      positions: POSITIONS,
      attributes: NEIGHBOURS,
    }),
    form('three dimensions', { shape: [2, 4, 18], angles: [2, 4, 3], attributes: HEADS }),
    form('three dimensions, neighbours', {
      shape: [2, 4, 18],
      angles: [9, 3],
      positions: POSITIONS,
      attributes: { ...HEADS, ...NEIGHBOURS },
    }),
    form('a part of each head', {
      shape: [2, 3, 4, 7],
      angles: [2, 4, 2],
      attributes: { rotary_embedding_dim: { i: 4 } },
    }),
    form('a part of each head, neighbours, three dimensions', {
      shape: [2, 4, 18],
      angles: [9, 2],
      positions: POSITIONS,
      attributes: { ...HEADS, ...NEIGHBOURS, rotary_embedding_dim: { i: 4 } },
    }),
    form('one pair', { shape: [1, 1, 1, 2], angles: [1, 1, 1] }),
    form('float16', { shape: [2, 3, 4, 6], angles: [2, 4, 3], half: true }),
  ],
};
