/** Classifiers in eight bits on pictures, against what LiteRT made of the same pixels. */
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../src/tasks/classifier.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { hasSharedData, readGolden, sharedModel, type Golden } from '../helpers/shared-data.ts';

/** The picture that a golden was made of: its bytes are the input's, `zero` above them. */
function pictureOf({ inputs }: Golden, zero: number): Pixels {
  const [, height = 0, width = 0] = inputs[0]?.tensor.shape ?? [];
  const rgb = inputs[0]?.tensor.data ?? [];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  rgb.forEach((q, i) => (data[Math.floor(i / 3) * 4 + (i % 3)] = q + zero));
  return { width, height, data };
}

describe.skipIf(!hasSharedData)('a classifier in eight bits', () => {
  it.each([['mobilenet_v1_0.25_128_quant__cat', 0]])(
    '%s gives the probabilities that LiteRT gives',
    async (name, zero) => {
      const golden = readGolden(name);
      using classifier = await createClassifier(sharedModel(`tflite/${golden.model}`), { backend: 'cpu' });
      const scores = golden.outputs[0]?.tensor.data ?? new Float32Array();
      const top = await classifier.classify(pictureOf(golden, zero), { topK: scores.length });
      for (const { index, score } of top) expect(score).toBe(((scores[index] ?? NaN) + zero) / 256);
    },
  );
});
