/** Classifiers in eight bits on a photograph: the GPU prepares it and answers as the CPU, to the bit. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openGpu } from '../../src/node/adapter.ts';
import { decodeImage } from '../../src/node/image.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { hasSharedData, sharedModel, sharedPath } from '../helpers/shared-data.ts';

describe.skipIf(!hasSharedData)('a classifier in eight bits on the GPU', () => {
  it.each(['resnet8_cifar10_int8', 'vww_96_int8', 'mobilenet_v1_0.25_128_quant'])('%s', async (name) => {
    const file = sharedPath('images/grace_hopper.png');
    const picture = await decodeImage(readFileSync(file), file);
    const { bytes } = sharedModel(`tflite/${name}.tflite`).main;
    using onGpu = await createClassifier(bytes, { gpu: (await openGpu()).adapter });
    using onCpu = await createClassifier(bytes, { backend: 'cpu' });
    expect(await onGpu.classify(picture)).toEqual(await onCpu.classify(picture));
  });
});
