/** Classifiers in eight bits on pictures, against what LiteRT made of the same pixels, and what their files say. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { importModel } from '../../src/formats/detect.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { withScales } from '../../src/session/ports.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import { softmax } from '../../src/vision/decode/classes.ts';
import { guessPreprocessing } from '../../src/vision/guess.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { hasSharedData, readGolden, sharedModel, type Golden } from '../helpers/shared-data.ts';
import { encodeMetadata, withArchive } from '../helpers/tflite-metadata.ts';
import { rawBytes } from '../helpers/tflite-models.ts';

/** The picture whose bytes, by `pixelOf`, are what a golden's input holds. */
function pictureOf({ inputs }: Golden, pixelOf: (q: number, channel: number) => number): Pixels {
  const [, height = 0, width = 0] = inputs[0]?.tensor.shape ?? [];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  inputs[0]?.tensor.data.forEach((q, i) => (data[Math.floor(i / 3) * 4 + (i % 3)] = pixelOf(q, i % 3)));
  return { width, height, data };
}

/** A file that gives the mean of each channel, and says by what pixels are normalised and what the channels are called. */
function meanColours(type: 'float32' | 'int8'): Uint8Array {
  const quantisation = { scales: [0.05], zeroPoints: [10] };
  const port = (name: string, shape: readonly number[]): WrittenTensor => ({
    name,
    type,
    shape,
    ...(type === 'int8' ? { quantisation } : {}),
  });
  const axes = { name: 'axes', type: 'int32', shape: [2], data: rawBytes('int32', [2], [1, 2]) } as const;
  const model = encodeTflite({
    subgraphs: [
      {
        tensors: [port('x', [1, 2, 2, 3]), axes, port('y', [1, 3])],
        operators: [{ op: 'MEAN', inputs: [0, 1], outputs: [2] }],
        inputs: [0],
        outputs: [2],
      },
    ],
    metadata: { TFLITE_METADATA: encodeMetadata({ mean: [100], std: [50], labels: 'names.txt' }) },
  });
  return withArchive(model, 'names.txt', 'red\ngreen\nblue\n');
}

describe('a file that says how it is fed and what its classes are called', () => {
  it.each(['float32', 'int8'] as const)('needs nothing else: %s', async (type) => {
    using classifier = await createClassifier(meanColours(type), { backend: 'cpu' });
    const data = Uint8Array.from({ length: 16 }, (_, i) => [50, 100, 200, 255][i % 4] ?? 0);
    const top = await classifier.classify({ width: 2, height: 2, data });
    expect(top.map(({ label }) => label)).toEqual(['blue', 'green', 'red']);
    // The real numbers are 2, 0 and -1, which int8 holds too.
    const expected = softmax([2, 0, -1]);
    top.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i] ?? NaN, 6));
  });
});

describe('a detector whose rows are integers', () => {
  it('compares what they stand for with its threshold', async () => {
    const b = new GraphBuilder('rows');
    b.input('x', 'uint8', [1, 8, 8, 3]);
    const rows = tensorOf('uint8', [1, 2, 6], [8, 8, 24, 32, 3, 8, 0, 0, 8, 8, 1, 4]);
    b.output(b.one('Identity', [b.constant('c', rows)], {}, { outputs: ['y'] }));
    b.scaled('y', { scale: 0.25, zeroPoint: 0 });
    using detector = await createDetector(b.build(), { backend: 'cpu', labels: ['a', 'b', 'c'] });
    const found = await detector.detect({ width: 8, height: 8, data: new Uint8Array(256) });
    expect(found).toEqual([{ x: 2, y: 2, width: 4, height: 6, score: 0.75, index: 2, label: 'c' }]);
    expect(await detector.detect({ width: 8, height: 8, data: new Uint8Array(256) }, { threshold: 0.25 })).toHaveLength(
      2,
    );
  });
});

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
