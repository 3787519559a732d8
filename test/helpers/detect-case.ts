/** A detector on a network of constants, compared with an independent decoder. */
import { expect } from 'vitest';
import { createDetector } from '../../src/tasks/detector.ts';
import type { TaskOptions } from '../../src/tasks/picture-model.ts';
import type { Detection } from '../../src/vision/decode/detections.ts';
import { cutAt, overlap, suppressed } from './decoders/decoded-box.ts';
import { constantNetwork, INPUT, type HeadCase } from './head-cases.ts';

/** No picture is cut or scaled on its way into these networks. */
const PICTURE = { ...INPUT, data: new Uint8ClampedArray(4 * INPUT.width * INPUT.height) };

/** What the case is compared at. */
const LIMITS = { threshold: 0.35, iou: 0.45 };

/** What a detector finds: the head is the one that the case names, by the outputs alone unless it has to be said. */
export async function detected(
  { decode, named, outputs, labels }: HeadCase,
  options: Pick<TaskOptions, 'backend' | 'gpu'>,
): Promise<Detection[]> {
  const own = { ...(named ? { decode } : {}), ...(labels ? { labels } : {}) };
  using detector = await createDetector(constantNetwork(outputs), { ...options, ...own });
  expect(detector.binding?.decode).toBe(decode);
  return await detector.detect(PICTURE, { ...LIMITS, max: 1000 });
}

/** The same boxes in the same order as the decoder's, cut at the picture's edges. */
export function expectAsDecoded(found: readonly Detection[], { boxes, distinct }: HeadCase): void {
  const kept = suppressed(boxes, { threshold: LIMITS.threshold, iou: distinct ? 1 : LIMITS.iou });
  const inside = kept.map((box) => cutAt(box, INPUT)).filter(({ x1, y1, x2, y2 }) => x2 > x1 && y2 > y1);
  expect(inside.length).toBeGreaterThan(3);
  expect(found.map(({ index }) => index)).toEqual(inside.map(({ index }) => index));
  found.forEach(({ x, y, width, height, score }, i) => {
    const other = inside[i] ?? { x1: NaN, y1: NaN, x2: NaN, y2: NaN, score: NaN };
    expect(score).toBeCloseTo(other.score, 5);
    expect(overlap({ x1: x, y1: y, x2: x + width, y2: y + height }, other)).toBeGreaterThan(0.999);
  });
}
