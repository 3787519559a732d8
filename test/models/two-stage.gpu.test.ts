/** Detectors of two stages: published sizes, names of parameters, and reference, onnxruntime and GPU on seeded random weights. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { fasterRcnn, fastRcnn, maskRcnn } from '../../models/faster-rcnn.ts';
import { rfcn } from '../../models/rfcn.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { Session } from '../../src/session/session.ts';
import { floatTolerance } from '../helpers/close.ts';
import { expectSameObjects, foundOnGpu } from '../helpers/detections.ts';
import { FULL } from '../helpers/full.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { referenceRun } from '../helpers/reference.ts';
import {
  deviation,
  expectEveryWeightMatters,
  parametersOf,
  trainedElements,
  ZEROS,
} from '../helpers/seeded-networks.ts';
import { joinedRows, together } from '../helpers/several-pictures.ts';
import { calmed, SMALL_RCNN, SMALL_RFCN } from '../helpers/two-stage-networks.ts';

const BOXES = [0, 0, 20, 30, 10, 5, 60, 50, 30, 30, 64, 64, 1, 2, 33, 9];

interface Named {
  readonly name: string;
  readonly build: (batch?: number) => Graph;
  /** ONNX has operators for all of it. */
  readonly written: boolean;
}
const quick: readonly Named[] = [
  { name: 'Faster R-CNN', build: (batch = 1) => fasterRcnn({ ...SMALL_RCNN, batch }), written: true },
  { name: 'R-FCN', build: (batch = 1) => rfcn({ ...SMALL_RFCN, batch }), written: false },
];
const slow: readonly Named[] = [
  { name: 'Fast R-CNN', build: (batch = 1) => fastRcnn({ ...SMALL_RCNN, batch, proposals: 4 }), written: true },
  { name: 'Mask R-CNN', build: (batch = 1) => maskRcnn({ ...SMALL_RCNN, batch }), written: true },
  { name: 'R-FCN, aligned', build: (batch = 1) => rfcn({ ...SMALL_RFCN, batch, pooling: 'align' }), written: true },
];

function feedsFor(graph: Graph, seed = 11): Map<string, Tensor> {
  const feeds = new Map([['input', randomTensor('float32', [1, 64, 64, 3], randomSource(seed), -2, 2)]]);
  if (graph.inputs.length > 1) feeds.set('proposals', tensorOf('float32', [4, 4], BOXES));
  return feeds;
}

/** An adapter whose device counts what it is given. */
async function countingAdapter(submitted: () => void): Promise<GPUAdapter> {
  const { adapter } = await openGpu();
  const request = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const device = await request(descriptor);
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (buffers) => {
      submitted();
      return submit(buffers);
    };
    return device;
  };
  return adapter;
}

describe.each(FULL ? [...quick, ...slow] : quick)('$name', ({ build, written }) => {
  const graph = build();
  const feeds = feedsFor(graph);
  const reference = referenceRun(graph, feeds);

  if (written)
    it('finds the same as onnxruntime', async () => {
      const expected = await ortRun(toOnnx(graph), feeds);
      expect(expected.get('labels')?.shape[0]).toBeGreaterThan(3);
      expect(new Set(expected.get('labels')?.data).size).toBe(2);
      expectSameObjects(reference, expected);
    });

  if (written)
    it('comes back from its file', async () => {
      const imported = await importOnnx(toOnnx(graph));
      const found = runGraph(compile(imported, { level: 'reference' }), feeds);
      expectSameObjects(found, reference, floatTolerance());
    });

  it('finds several objects of every class, whose scores are apart', () => {
    const { data } = reference.get('scores') ?? { data: [] };
    expect(data.length).toBeGreaterThan(3);
    expect(new Set(reference.get('labels')?.data).size).toBe(2);
    const steps = Array.from(data, (v, i) => (data[i - 1] ?? 1) - v);
    // Scores differ by more than what rounding makes of them.
    expect(Math.min(...steps)).toBeGreaterThan(1e-5);
    for (const output of reference.values()) expect(deviation(output)).toBeGreaterThan(1e-3);
  });

  it('runs on the GPU in one submit, with nothing read back before the end', async () => {
    let submits = 0;
    const session = await Session.create(graph, { gpu: () => countingAdapter(() => submits++) });
    try {
      await session.run(Object.fromEntries(feeds));
      submits = 0;
      const actual = await session.run(Object.fromEntries(feeds));
      expect(submits).toBe(1);
      expectSameObjects(new Map(Object.entries(actual)), reference);
    } finally {
      session.dispose();
    }
  });

  it('finds of two pictures what it finds of each', async () => {
    const two = build(2);
    // Of other pictures a box has samples on the edge of a map, where rounding decides whether they are zero.
    const alone = [15, 11].map((seed) => feedsFor(graph, seed));
    const inputs = graph.inputs.map(({ name }) => name);
    const both = new Map(inputs.map((name) => [name, joinedRows(alone.map((feed) => feed.get(name)))]));
    const found = referenceRun(two, both);
    expect(new Set(found.get('pictures')?.data).size).toBe(2);
    expectSameObjects(found, together(alone.map((feed) => referenceRun(graph, feed))));
    if (!FULL) return;
    if (written) expectSameObjects(found, await ortRun(toOnnx(two), both));
    expectSameObjects(await foundOnGpu(two, both), found);
  });
});

/** As many as there may be are found, of all anchors of a small picture. */
const every = { ...SMALL_RCNN, proposals: 300, detections: 60, score: 0 } as const;
/** Of the smallest map all anchors are cut to the whole picture, whatever their codes, and none is so large that it is pooled from there. */
const UNSEEN = ['bias', 'weight'].map((part) => `backbone.fpn.layer_blocks.3.0.${part}`);
/** Some reach beyond the picture, so that each map has a box of its size. What of them is inside does not overlap. */
const LARGE = [0, 0, 20, 30, -100, -100, 44, 44, 20, 20, 264, 264, -436, 30, 28, 494];

if (FULL)
  describe('every weight of what a small picture has shows in the detections', () => {
    it('of Fast R-CNN', async () => {
      await expectEveryWeightMatters((w) => fastRcnn({ ...every, proposals: 4, weights: calmed(w) }), true, {
        fed: (graph) => feedsFor(graph).set('proposals', tensorOf('float32', [4, 4], LARGE)),
      });
    });

    it('of Faster R-CNN', async () => {
      await expectEveryWeightMatters((w) => fasterRcnn({ ...every, weights: calmed(w) }), true, { unseen: UNSEEN });
    });

    it('of Mask R-CNN', async () => {
      await expectEveryWeightMatters((w) => maskRcnn({ ...every, weights: calmed(w) }), true, { unseen: UNSEEN });
    });
  });

describe('proposals', () => {
  it('are no more than there are anchors', () => {
    const graph = inferShapes(fasterRcnn({ ...SMALL_RCNN, resolution: 32, proposals: 1000, detections: 1000 }));
    // Three on each pixel of maps of 64, 16, 4, 1 and 1, and two classes beside the background.
    expect(graph.values.get('boxes')?.shape).toEqual([3 * 86 * 2, 4]);
  });
});

describe('parameters', () => {
  // torchvision states 41 755 286 and 44 401 393, without the 53 120 scales and offsets of frozen batch normalisations.
  if (FULL)
    it('are as many as torchvision states', () => {
      const sized = { resolution: 64, depth: 50, proposals: 10 } as const;
      expect(trainedElements(parametersOf((weights) => fasterRcnn({ ...sized, weights })))).toBe(41_755_286 + 53_120);
      expect(trainedElements(parametersOf((weights) => maskRcnn({ ...sized, weights })))).toBe(44_401_393 + 53_120);
    });

  it('are asked for by torchvision’s names', () => {
    const shapes = parametersOf((weights) => maskRcnn({ ...SMALL_RCNN, weights, channels: 256, classes: 91 }));
    expect(shapes.get('backbone.fpn.inner_blocks.0.0.weight')?.shape).toEqual([256, 4, 1, 1]);
    expect(shapes.get('rpn.head.conv.0.0.weight')?.shape).toEqual([256, 256, 3, 3]);
    expect(shapes.get('rpn.head.bbox_pred.weight')?.shape).toEqual([12, 256, 1, 1]);
    expect(shapes.get('roi_heads.box_head.fc6.weight')?.shape).toEqual([16, 256 * 49]);
    expect(shapes.get('roi_heads.box_predictor.bbox_pred.bias')?.shape).toEqual([364]);
    expect(shapes.get('roi_heads.mask_head.3.0.weight')?.shape).toEqual([256, 256, 3, 3]);
    expect(shapes.get('roi_heads.mask_predictor.conv5_mask.weight')?.shape).toEqual([256, 256, 2, 2]);
    expect(shapes.get('roi_heads.mask_predictor.mask_fcn_logits.weight')?.shape).toEqual([91, 256, 1, 1]);
  });

  it('of options out of range are refused', () => {
    expect(() => fasterRcnn({ weights: ZEROS, batch: 0 })).toThrow('batch 0; detections are those of a picture');
    expect(() => fasterRcnn({ weights: ZEROS, proposals: 0 })).toThrow('proposals 0 is not a count');
    expect(() => fasterRcnn({ ...SMALL_RCNN, classes: 1 })).toThrow(
      '1 classes; detections need one beside the background',
    );
  });
});
