/** Masks laid into pictures, against torchvision's rules written down plainly, with whole pictures in between. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf, zeros, type Tensor } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import { pasteMasks } from '../../src/vision/decode/masks.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const PICTURE = { width: 23, height: 19 };

/** paste_masks_in_image of torchvision/models/detection/roi_heads.py, of one mask of M × M, in its order of steps. */
function plain(mask: readonly number[], m: number, box: readonly number[]): number[] {
  const padded = range((m + 2) ** 2).map((i) => {
    const [r, c] = [Math.floor(i / (m + 2)) - 1, (i % (m + 2)) - 1];
    return r < 0 || c < 0 || r >= m || c >= m ? 0 : (mask[r * m + c] ?? 0);
  });
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  const scale = (m + 2) / m;
  const [halfW, halfH, cx, cy] = [((x2 - x1) / 2) * scale, ((y2 - y1) / 2) * scale, (x1 + x2) / 2, (y1 + y2) / 2];
  const [left = 0, top = 0, right = 0, bottom = 0] = [cx - halfW, cy - halfH, cx + halfW, cy + halfH].map(Math.trunc);
  const [w, h] = [Math.max(right - left + 1, 1), Math.max(bottom - top + 1, 1)];
  return range(PICTURE.height * PICTURE.width).map((i) => {
    const [y, x] = [Math.floor(i / PICTURE.width), i % PICTURE.width];
    if (x < left || y < top || x > right || y > bottom) return 0;
    const [sy, sx] = [
      Math.max(((y - top + 0.5) * (m + 2)) / h - 0.5, 0),
      Math.max(((x - left + 0.5) * (m + 2)) / w - 0.5, 0),
    ];
    const [r, c] = [Math.floor(sy), Math.floor(sx)];
    const of = (a: number, b: number): number => padded[Math.min(a, m + 1) * (m + 2) + Math.min(b, m + 1)] ?? 0;
    const row = (a: number): number => of(a, c) * (1 - sx + c) + of(a, c + 1) * (sx - c);
    return row(r) * (1 - sy + r) + row(r + 1) * (sy - r) > 0.5 ? 1 : 0;
  });
}

function pictures(masks: Tensor, boxes: Tensor): number[][] {
  return pasteMasks(masks, boxes, PICTURE).map(({ x, y, width, height, data }) => {
    expect(data.length).toBe(width * height);
    const whole = range(PICTURE.width * PICTURE.height).map(() => 0);
    data.forEach((bit, i) => (whole[(y + Math.floor(i / width)) * PICTURE.width + x + (i % width)] = bit));
    return whole;
  });
}

/** Inside; odd halves; over two borders; smaller than a pixel; empty; over the whole picture; outside on either side. */
const BOXES = [
  [3, 4, 12, 13],
  [2.5, 1.25, 9.75, 17.5],
  [-6, -3.5, 8, 30],
  [7.2, 7.3, 7.6, 7.4],
  [5, 5, 5, 5],
  [-10, -10, 40, 40],
  [30, 2, 40, 9],
  [-20, -20, -9, -9],
];

describe('masks in pictures', () => {
  it.each([1, 4, 28])("are those of torchvision's rules, %i elements a side", (m) => {
    const masks = randomTensor('float32', [BOXES.length, 1, m, m], randomSource(m), 0.2, 1);
    const found = pictures(masks, tensorOf('float32', [BOXES.length, 4], BOXES.flat()));
    BOXES.forEach((box, i) => {
      expect(found[i], box.join(', ')).toEqual(plain([...masks.data.subarray(i * m * m, (i + 1) * m * m)], m, box));
    });
    expect(found.flat().filter(Boolean).length).toBeGreaterThan(20);
  });

  it('fill the pixels of a box whose mask is full', () => {
    const [mask] = pasteMasks(
      tensorOf('float32', [1, 2, 2], [1, 1, 1, 1]),
      tensorOf('float32', [1, 4], [4, 4, 8, 8]),
      PICTURE,
    );
    // Twice as large with its border: 2 to 10, nine pixels; sources (i + .5) · 4 / 9 - .5 between .5 and 2.5 are more than half.
    expect(mask).toMatchObject({ x: 2, y: 2, width: 9, height: 9 });
    expect([...(mask?.data.subarray(36, 45) ?? [])]).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0]);
  });

  it('are none of no boxes, and refused where they do not fit', () => {
    expect(pasteMasks(zeros('float32', [0, 28, 28]), zeros('float32', [0, 4]), PICTURE)).toEqual([]);
    const masks = zeros('float32', [2, 3, 3]);
    for (const boxes of [zeros('float32', [1, 4]), tensorOf('float32', [2, 4], [0, 0, NaN, 1, 0, 0, 1, 1])]) {
      expect(() => pasteMasks(masks, boxes, PICTURE)).toThrow(InputError);
    }
    expect(() => pasteMasks(zeros('float32', [2, 4, 4]), zeros('float32', [2, 4]), PICTURE, NaN)).toThrow(/threshold/);
    expect(() => pasteMasks(zeros('float32', [2, 4]), zeros('float32', [2, 4]), PICTURE)).toThrow(InputError);
    expect(() => pasteMasks(zeros('float32', [2, 3, 4, 4]), zeros('float32', [2, 4]), PICTURE)).toThrow(InputError);
  });
});
