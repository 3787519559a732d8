/** Things with masks of networks of constants on the CPU: what an independent decoder finds in them; and what is refused. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { maskRcnn } from '../../models/faster-rcnn.ts';
import { createSegmenter } from '../../src/tasks/segmenter.ts';
import { pasteMasks } from '../../src/vision/decode/masks.ts';
import type { Extents } from '../helpers/decoders/decoded-box.ts';
import { constantNetwork, INPUT, type Outputs } from '../helpers/head-cases.ts';
import { INSTANCE_CASES, LIMITS } from '../helpers/instance-cases.ts';
import { blank, expectInstances, segmented } from '../helpers/instances.ts';

const cpu = { backend: 'cpu' } as const;
const [V8] = INSTANCE_CASES;

async function instancesOf(outputs: Outputs, picture: Extents = INPUT, options: object = {}) {
  using segmenter = await createSegmenter(constantNetwork(outputs), cpu);
  const found = await segmenter.segment(blank(picture), { ...LIMITS, ...options });
  if (found.kind !== 'instances') throw new Error('these are classes');
  return { decode: segmenter.binding?.decode, instances: found.instances };
}

describe('instances of prototypes', () => {
  it.each(INSTANCE_CASES)('$decode, in pictures of several extents', async (network) => {
    // Their sides, fitted, are whole pixels: the decoder does not round.
    const pictures = [INPUT, { width: 50, height: 40 }, { width: 25, height: 160 }];
    const found = await segmented(network, pictures, cpu);
    pictures.forEach((picture, i) => expectInstances(found[i] ?? [], network.found(picture), picture));
  });

  it('are none where nothing scores enough', async () => {
    const { instances } = await instancesOf(V8?.outputs ?? {}, INPUT, { threshold: 1 });
    expect(instances).toEqual([]);
  });

  it('are refused with masks of NaN', async () => {
    const { output0, output1 } = V8?.outputs ?? {};
    if (!output0 || !output1) throw new Error('no outputs');
    const spoiled = { ...output0, data: (output0.data as Float32Array).map((v, i) => (i < 6 * 126 ? v : NaN)) };
    await expect(instancesOf({ output0: spoiled as Tensor, output1 })).rejects.toThrow(
      /masks that are no numbers: NaN/,
    );
  });
});

describe('Mask R-CNN', () => {
  const boxes = tensorOf('float32', [2, 4], [8, 6, 40, 50, 50, 10, 90, 60]);
  const lists = { labels: tensorOf('int64', [2], [3, 1]), scores: tensorOf('float32', [2], [0.6, 0.9]) };
  const masks = tensorOf(
    'float32',
    [2, 1, 7, 7],
    Array.from({ length: 98 }, (_, i) => (i % 7 < 4 ? 0.9 : 0.2)),
  );

  it.each([
    ['with an axis of one channel', masks],
    ['without', { ...masks, shape: [2, ...masks.shape.slice(2)] }],
  ])('lays masks of boxes into the picture: %s', async (_, given) => {
    const { decode, instances } = await instancesOf({ boxes, ...lists, masks: given });
    expect(decode).toBe('mask-rcnn');
    const [first, second] = pasteMasks(masks, boxes, INPUT);
    expect(instances).toMatchObject([
      { x: 50, y: 10, width: 40, height: 50, index: 1, mask: second },
      { x: 8, y: 6, width: 32, height: 44, index: 3, mask: first },
    ]);
    expect(second?.data.some((v) => v === 1)).toBe(true);
  });

  it('cuts masks of the whole input at their boxes', async () => {
    const { width, height } = INPUT;
    const whole = tensorOf(
      'float32',
      [2, 1, height, width],
      Array.from({ length: 2 * width * height }, () => 1),
    );
    const { instances } = await instancesOf({ boxes, ...lists, masks: whole });
    expect(instances.map(({ mask: { data, ...box } }) => ({ ...box, sum: data.reduce((a, b) => a + b) }))).toEqual([
      { x: 50, y: 10, width: 40, height: 50, sum: 2000 },
      { x: 8, y: 6, width: 32, height: 44, sum: 32 * 44 },
    ]);
  });

  it('is what the builder of Mask R-CNN makes', async () => {
    using segmenter = await createSegmenter(maskRcnn({ resolution: 64 }), cpu);
    expect(segmenter.binding).toMatchObject({ decode: 'mask-rcnn', read: ['boxes', 'labels', 'scores', 'masks'] });
  });

  it('is refused with 80 names until somebody says what the labels are', async () => {
    const labels = Array.from({ length: 80 }, (_, i) => `thing ${i}`);
    const network = constantNetwork({ boxes, ...lists, masks });
    await expect(createSegmenter(network, { ...cpu, labels })).rejects.toThrow(/80 names.*mask-rcnn-coco/s);
    using segmenter = await createSegmenter(network, { ...cpu, labels, decode: 'mask-rcnn-coco' });
    const found = await segmenter.segment(blank(INPUT));
    expect(found).toMatchObject({ kind: 'instances', instances: [{ label: 'thing 0' }, { label: 'thing 2' }] });
  });
});
