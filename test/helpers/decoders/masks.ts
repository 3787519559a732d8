/** Masks of instances in the picture, in float64 and pixel by pixel. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { at } from '../../../src/util/arrays.ts';
import type { DecodedBox, Extents } from './decoded-box.ts';

/** A value at any place of a map, between the middles of its cells bilinearly, beyond the last ones as these. */
function between(read: (row: number, column: number) => number, extents: Extents, x: number, y: number): number {
  const [px, py] = [within(x - 0.5, extents.width), within(y - 0.5, extents.height)];
  const [left, top] = [Math.floor(px), Math.floor(py)];
  const [right, bottom] = [within(left + 1, extents.width), within(top + 1, extents.height)];
  const [fx, fy] = [px - left, py - top];
  const upper = read(top, left) * (1 - fx) + read(top, right) * fx;
  return upper * (1 - fy) + (read(bottom, left) * (1 - fx) + read(bottom, right) * fx) * fy;
}

function within(v: number, count: number): number {
  return Math.min(count - 1, Math.max(0, v));
}

/**
 * YOLACT (Bolya et al., arXiv:1904.02689, section 3) as YOLO v8 evaluates it: sigmoid of prototypes `[1, M, h, w]` times M
 * coefficients, interpolated to the picture, above one half within the box. The picture was fitted into the middle of the input.
 */
export function prototypeMask(
  prototypes: Tensor,
  coefficients: readonly number[],
  box: DecodedBox,
  input: Extents,
  picture: Extents,
): Uint8Array {
  const [channels, height, width] = [at(prototypes.shape, 1), at(prototypes.shape, 2), at(prototypes.shape, 3)];
  const cell = (row: number, column: number): number => {
    let sum = 0;
    for (let m = 0; m < channels; m++) {
      sum += at(coefficients, m) * Number(at(prototypes.data, (m * height + row) * width + column));
    }
    return 1 / (1 + Math.exp(-sum));
  };
  const scale = Math.min(input.width / picture.width, input.height / picture.height);
  const [ox, oy] = [(input.width - scale * picture.width) / 2, (input.height - scale * picture.height) / 2];
  const result = new Uint8Array(picture.width * picture.height);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (x < box.x1 || x >= box.x2 || y < box.y1 || y >= box.y2) continue;
      const [u, v] = [(ox + scale * (x + 0.5)) / input.width, (oy + scale * (y + 0.5)) / input.height];
      result[y * picture.width + x] = between(cell, { width, height }, u * width, v * height) > 0.5 ? 1 : 0;
    }
  }
  return result;
}
