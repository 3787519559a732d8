/** Classifiers in eight bits on pictures, against what LiteRT made of the same pixels, and what their files say. */
import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/formats/detect.ts';
import { withScales } from '../../src/session/ports.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { guessPreprocessing } from '../../src/vision/guess.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { hasSharedData, readGolden, sharedModel, type Golden } from '../helpers/shared-data.ts';

/** The picture whose bytes, by `pixelOf`, are what a golden's input holds. */
function pictureOf({ inputs }: Golden, pixelOf: (q: number, channel: number) => number): Pixels {
  const [, height = 0, width = 0] = inputs[0]?.tensor.shape ?? [];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  inputs[0]?.tensor.data.forEach((q, i) => (data[Math.floor(i / 3) * 4 + (i % 3)] = pixelOf(q, i % 3)));
  return { width, height, data };
}

describe.skipIf(!hasSharedData)('a classifier in eight bits', () => {
  it.each([
    ['mobilenet_v1_0.25_128_quant__cat', 0],
    ['resnet8_cifar10_int8__cat', 128],
    ['vww_96_int8__grace_hopper', 128],
  ])('%s gives the probabilities that LiteRT gives', async (name, darkest) => {
    const golden = readGolden(name);
    // The picture is of the right size already; the catalogue, which knows one of them, would cut its border off.
    const options = { backend: 'cpu', preprocessing: { fit: 'stretch' } } as const;
    using classifier = await createClassifier(sharedModel(`tflite/${golden.model}`).main.bytes, options);
    const scores = golden.outputs[0]?.tensor.data ?? new Float32Array();
    const picture = pictureOf(golden, (q) => q + darkest);
    const top = await classifier.classify(picture, { topK: scores.length });
    expect(top).toHaveLength(scores.length);
    for (const { index, score } of top) expect(score).toBe(((scores[index] ?? NaN) + darkest) / 256);
  });

  it('takes its labels from its file, unless told others', async () => {
    const source = sharedModel('tflite/mobilenet_v1_0.25_128_quant.tflite').main.bytes;
    using classifier = await createClassifier(source, { backend: 'cpu' });
    expect(classifier.labels).toHaveLength(1001);
    expect(classifier.labels?.[286]).toBe('Egyptian cat');
    const labels = Array.from({ length: 1001 }, (_, i) => `class ${i}`);
    using own = await createClassifier(source, { backend: 'cpu', labels });
    expect(own.labels).toEqual(labels);
  });

  it('that was trained on ImageNet is fed by its statistics', async () => {
    const golden = readGolden('mobilevit_xxs_int8__cat__tflm');
    const { graph } = await importModel(sharedModel(`tflite/${golden.model}`));
    const [input] = withScales(graph.inputs, graph);
    if (!input?.quantisation) throw new Error('the input should have a scale');
    const { scale, zeroPoint } = input.quantisation;
    const [mean, std] = [
      [123.675, 116.28, 103.53],
      [58.395, 57.12, 57.375],
    ];
    const picture = pictureOf(golden, (q, c) => Math.round((q - zeroPoint) * scale * (std[c] ?? 1) + (mean[c] ?? 0)));
    expect(preprocess(picture, guessPreprocessing(input)).data).toEqual(golden.inputs[0]?.tensor.data);
  });
});
