/** Detectors with real weights: what they find is what an independent decoder reads in the reference runtime's outputs, and what was marked. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COCO_80 } from '../../src/catalogue/coco.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { decodeImage } from '../../src/node/image.ts';
import { createDetector, type Detector } from '../../src/tasks/detector.ts';
import type { Detection } from '../../src/vision/decode/detections.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { at } from '../../src/util/arrays.ts';
import {
  overlap,
  suppressed,
  unletterboxed,
  unstretched,
  type DecodedBox,
  type Extents,
} from '../helpers/decoders/decoded-box.ts';
import { decodeFastestDet, decodeTtfNet, decodeYoloX } from '../helpers/decoders/yolo.ts';
import { detected, expectAsDecoded } from '../helpers/detect-case.ts';
import { FULL } from '../helpers/full.ts';
import { HEAD_CASES } from '../helpers/head-cases.ts';
import { markedBox, markedPictures } from '../helpers/marked-objects.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { hasSharedData, sharedModel, sharedPath } from '../helpers/shared-data.ts';
import { tfjsPredict } from '../helpers/tfjs-oracle.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;
const LIMITS = { threshold: 0.3, iou: 0.5 };
const street = markedPictures['street.jpg'];

async function streetPixels(): Promise<Pixels> {
  return decodeImage(readFileSync(sharedPath('images/street.jpg')), 'street.jpg');
}

function corners({ x, y, width, height }: Detection): Pick<DecodedBox, 'x1' | 'y1' | 'x2' | 'y2'> {
  return { x1: x, y1: y, x2: x + width, y2: y + height };
}

/** One for one: the class, the score within 0.01, the box by 0.95 at least. */
function expectSame(found: readonly Detection[], decoded: readonly DecodedBox[], picture: Extents): void {
  const others = suppressed(decoded, LIMITS).map((box) => ({
    ...box,
    x1: Math.max(0, box.x1),
    y1: Math.max(0, box.y1),
    x2: Math.min(picture.width, box.x2),
    y2: Math.min(picture.height, box.y2),
  }));
  expect(found.map(({ index }) => index)).toEqual(others.map(({ index }) => index));
  const overlaps = found.map((one, i) => overlap(corners(one), at(others, i)));
  const apart = found.map(({ score }, i) => Math.abs(score - at(others, i).score));
  console.info(`${found.length} boxes: IoU ≥ ${Math.min(...overlaps)}, scores within ${Math.max(...apart)}`);
  expect(Math.min(...overlaps)).toBeGreaterThanOrEqual(0.95);
  expect(Math.max(...apart)).toBeLessThan(0.01);
}

/** How many of what was marked the boxes of its class overlap by half. */
function markedFound(found: readonly Detection[], label: string): string {
  const marked = street.objects.filter((object) => object.label === label && !object.difficult);
  const own = found.filter((one) => one.label === label);
  const seen = marked.filter((object) => own.some((one) => overlap(corners(one), markedBox(object)) >= 0.5));
  return `${seen.length} of ${marked.length}`;
}

/** The picture as the detector feeds it. */
function fed({ preprocessing }: Detector, picture: Pixels) {
  return preprocess(picture, preprocessing);
}

describe.runIf(hasSharedData)('on the street', () => {
  it('FastestDet finds what onnxruntime’s outputs hold, and the people', async () => {
    const picture = await streetPixels();
    const { main, read } = sharedModel('onnx/FastestDet.onnx');
    using detector = await createDetector({ main, read }, { gpu, labels: COCO_80 });
    expect(detector.binding).toMatchObject({ decode: 'fastest-det', read: ['758'] });
    const found = await detector.detect(picture, LIMITS);
    const inputs = new Map([[at(detector.session.inputs, 0).name, fed(detector, picture)]]);
    const output = at([...(await ortRun(main.bytes, inputs)).values()], 0);
    const input = { width: 352, height: 352 };
    expectSame(found, unstretched(decodeFastestDet(output, input), input, picture), picture);
    expect(markedFound(found, 'person')).toBe('4 of 4');
  });

  if (FULL) {
    it('YOLOX-nano does, and the frisbees, too', async () => {
      const picture = await streetPixels();
      const { main, read } = sharedModel('onnx/yolox_nano.onnx');
      using detector = await createDetector({ main, read }, { gpu, labels: COCO_80 });
      expect(detector.binding?.decode).toBe('yolox');
      const found = await detector.detect(picture, LIMITS);
      const inputs = new Map([[at(detector.session.inputs, 0).name, fed(detector, picture)]]);
      const output = at([...(await ortRun(main.bytes, inputs)).values()], 0);
      // The border lies half a pixel off what this decoder takes it for, which counts whole ones.
      const input = { width: 416, height: 416 };
      expectSame(found, unletterboxed(decodeYoloX(output, input), input, picture), picture);
      expect([markedFound(found, 'person'), markedFound(found, 'frisbee')]).toEqual(['4 of 4', '4 of 4']);
    });
  }

  it('CenterNet finds what TensorFlow.js’s maps hold, by its rows and by its maps', async () => {
    const picture = await streetPixels();
    const files = await npmModelFiles('@vladmandic/human', 'models/centernet.json');
    using detector = await createDetector(files, { gpu, labels: COCO_80 });
    expect(detector.binding?.decode).toBe('rows');
    const found = await detector.detect(picture, LIMITS);
    const feeds = new Map([[at(detector.session.inputs, 0).name, fed(detector, picture)]]);
    const outputs = [...(await tfjsPredict(files, feeds, 'wasm'))];
    const [scores, distances] = ['keypoints', 'wh'].map((map) => outputs.find(([name]) => name.includes(map))?.[1]);
    if (!scores || !distances) throw new Error('the maps are missing among the outputs');
    const input = { width: 512, height: 512 };
    const decoded = unstretched(decodeTtfNet(scores, distances, 4), input, picture);
    expectSame(found, decoded, picture);
    using maps = await createDetector(files, { gpu, decode: 'centernet', labels: COCO_80 });
    expectSame(await maps.detect(picture, LIMITS), decoded, picture);
    console.info(`people ${markedFound(found, 'person')}, frisbees ${markedFound(found, 'frisbee')}`);
    expect(markedFound(found, 'person')).toBe('4 of 4');
  });
});

describe('on outputs of seeded numbers', () => {
  it.each(FULL ? HEAD_CASES : HEAD_CASES.filter((_, i) => i % 6 === 0))('$decode: $title', async (head) => {
    expectAsDecoded(await detected(head, { gpu }), head);
  });
});
