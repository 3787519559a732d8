/** A segmenter of instances on a network of constants, compared with an independent decoder. */
import { expect } from 'vitest';
import type { TaskOptions } from '../../src/tasks/picture-model.ts';
import { createSegmenter } from '../../src/tasks/segmenter.ts';
import { at } from '../../src/util/arrays.ts';
import type { Instance } from '../../src/vision/instances.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { cutAt, overlap, type Extents } from './decoders/decoded-box.ts';
import { constantNetwork } from './head-cases.ts';
import { LIMITS, type InstanceCase } from './instance-cases.ts';

/** A picture of nothing. */
export function blank({ width, height }: Extents): Pixels {
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

/** What a segmenter finds in pictures of these extents; the head is the one that the case names, by the outputs alone. */
export async function segmented(
  { decode, outputs }: InstanceCase,
  pictures: readonly Extents[],
  options: Pick<TaskOptions, 'backend' | 'gpu'>,
): Promise<(readonly Instance[])[]> {
  using segmenter = await createSegmenter(constantNetwork(outputs), options);
  expect(segmenter.binding?.decode).toBe(decode);
  const found = await segmenter.segment(pictures.map(blank), { ...LIMITS, max: 1000 });
  return found.map((one) => (one.kind === 'instances' ? one.instances : []));
}

/** Of all things the boxes overlap at least 0.95, scores are within 0.01, and masks overlap 0.99. */
export function expectInstances(
  found: readonly Instance[],
  wanted: ReturnType<InstanceCase['found']>,
  picture: Extents,
): void {
  const inside = wanted.map(({ box, mask }) => ({ box: cutAt(box, picture), mask }));
  const seen = inside.filter(({ box }) => box.x2 > box.x1 && box.y2 > box.y1);
  expect(seen.length).toBeGreaterThan(5);
  expect(found.map(({ index }) => index)).toEqual(seen.map(({ box }) => box.index));
  found.forEach(({ x, y, width, height, score, mask }, i) => {
    const { box, mask: other } = at(seen, i);
    expect(Math.abs(score - box.score)).toBeLessThan(0.01);
    expect(overlap({ x1: x, y1: y, x2: x + width, y2: y + height }, box)).toBeGreaterThan(0.95);
    expect(maskOverlap(mask, other, picture)).toBeGreaterThanOrEqual(0.99);
  });
}

/** Intersection over union of pixels; 1 where both have none. */
function maskOverlap(mask: Instance['mask'], other: Uint8Array, { width, height }: Extents): number {
  let [both, either] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [x - mask.x, y - mask.y];
      const inside = column >= 0 && column < mask.width && row >= 0 && row < mask.height;
      const own = inside && mask.data[row * mask.width + column] === 1;
      const its = other[y * width + x] === 1;
      if (own && its) both++;
      if (own || its) either++;
    }
  }
  return either === 0 ? 1 : both / either;
}
