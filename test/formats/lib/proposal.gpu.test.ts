/** Proposals of layers' formats on both backends, beside plain loops, and what pools their regions. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { proposalNodes, type ProposalLayer } from '../../../src/formats/lib/proposal.ts';
import { rcnnAnchors } from '../../../src/ir/priors/anchors.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { layerGraph, runLayers } from '../../helpers/layer-graphs.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const base = rcnnAnchors({ map: [1, 1], stride: [1, 1], ratios: [0.5, 1, 2], sizes: [1, 2] });
const ANCHORS = range(6).map((k) => Array.from(base.data.slice(k * 4, k * 4 + 4)));

const PLAIN: ProposalLayer = {
  anchors: ANCHORS,
  stride: 8,
  extent: 1,
  before: 60,
  after: 12,
  overlap: 0.6,
  minSize: 6,
};

const CASES: Readonly<Record<string, Partial<ProposalLayer>>> = {
  'as most files have it': {},
  'all of them': { before: 0, after: 0, overlap: 1 },
  'corners that are places': { extent: 0 },
  'more than there are': { before: 6000, after: 300 },
  'none large enough': { minSize: 1000 },
};

interface Box {
  readonly score: number;
  readonly corners: readonly number[];
}

function overlapOfCorners(a: readonly number[], b: readonly number[], extent: number): number {
  const side = (low: number, high: number): number => Math.max(0, high - low + extent);
  const [ax = 0, ay = 0, aX = 0, aY = 0] = a;
  const [bx = 0, by = 0, bX = 0, bY = 0] = b;
  const both = side(Math.max(ax, bx), Math.min(aX, bX)) * side(Math.max(ay, by), Math.min(aY, bY));
  return both / (side(ax, aX) * side(ay, aY) + side(bx, bX) * side(by, bY) - both);
}

const within = (v: number, side: number): number => Math.max(0, Math.min(v, side - 1));

/** Rows image, x1, y1, x2, y2, score. */
function loops(feeds: Readonly<Record<string, Tensor>>, layer: ProposalLayer): number[][] {
  const [images = 0, channels = 0, height = 0, width = 0] = feeds['scores']?.shape ?? [];
  const count = channels / 2;
  const valueAt = (name: string, image: number, channel: number, cell: number): number => {
    const { data, shape } = feeds[name] ?? tensorOf('float32', [0], []);
    return data[(image * (shape[1] ?? 0) + channel) * height * width + cell] ?? NaN;
  };
  return range(images).flatMap((image) => {
    const [h = 0, w = 0, scale = 0] = Array.from(feeds['info']?.data ?? []).slice(image * 3);
    const found: Box[] = [];
    for (const cell of range(height * width)) {
      for (const k of range(count)) {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = layer.anchors[k] ?? [];
        const [bw, bh] = [x2 - x1 + layer.extent, y2 - y1 + layer.extent];
        const x = x1 + (cell % width) * layer.stride + bw / 2;
        const y = y1 + Math.floor(cell / width) * layer.stride + bh / 2;
        const [dx = 0, dy = 0, dw = 0, dh = 0] = range(4).map((i) => valueAt('deltas', image, k * 4 + i, cell));
        const [half, high] = [(Math.exp(dw) * bw) / 2, (Math.exp(dh) * bh) / 2];
        const [cx, cy] = [x + dx * bw, y + dy * bh];
        const corners = [within(cx - half, w), within(cy - high, h), within(cx + half, w), within(cy + high, h)];
        const [l = 0, t = 0, r = 0, b = 0] = corners;
        if (Math.min(r - l, b - t) + 1 < layer.minSize * scale) continue;
        found.push({ score: valueAt('scores', image, count + k, cell), corners });
      }
    }
    found.sort((a, b) => b.score - a.score);
    const chosen: Box[] = [];
    for (const box of layer.before > 0 ? found.slice(0, layer.before) : found) {
      const isFar = chosen.every(
        ({ corners }) => overlapOfCorners(corners, box.corners, layer.extent) <= layer.overlap,
      );
      if (isFar) chosen.push(box);
    }
    const kept = layer.after > 0 ? chosen.slice(0, layer.after) : chosen;
    return kept.map(({ score, corners }) => [image, ...corners, score]);
  });
}

function feedsOfMaps(images: number, height: number, width: number): Record<string, Tensor> {
  const random = randomSource(images * 31 + width);
  const info = range(images).flatMap((i) => [height * 8 - i, width * 8 - 3, 1 + i / 2]);
  return {
    scores: randomTensor('float32', [images, 12, height, width], random, 0, 1),
    deltas: randomTensor('float32', [images, 24, height, width], random, -0.6, 0.6),
    info: tensorOf('float32', [images, 3], info),
  };
}

const PORTS = { scores: [null, 12, null, null], deltas: [null, 24, null, null], info: [null, 3] };

describe.each(['cpu', 'webgpu'] as const)('proposals on %s', (backend) => {
  it.each(Object.entries(CASES))('%s', async (_, more) => {
    const layer = { ...PLAIN, ...more };
    const graph = layerGraph(PORTS, (e, [scores = '', deltas = '', info = '']) => {
      const found = proposalNodes(e, { scores, deltas, info }, layer);
      return [found.rois, found.scores];
    });
    for (const feeds of [feedsOfMaps(1, 5, 6), feedsOfMaps(2, 3, 4)]) {
      const [rois, scores] = await runLayers(graph, feeds, backend);
      const rows = loops(feeds, layer);
      const wanted = tensorOf(
        'float32',
        [rows.length, 5],
        rows.flatMap((row) => row.slice(0, 5)),
      );
      // Corners are sums of some tens of pixels.
      expectClose(rois ?? wanted, wanted, { rtol: 1e-5, atol: 1e-4 });
      const best = tensorOf(
        'float32',
        [rows.length],
        rows.map((row) => row[5] ?? NaN),
      );
      expectClose(scores ?? best, best, floatTolerance(1));
    }
  });

  it('are pooled, and told apart, as many as there are', async () => {
    const ports = { ...PORTS, map: [null, 3, null, null] };
    const graph = layerGraph(ports, (e, [scores = '', deltas = '', info = '', map = '']) => {
      const { rois } = proposalNodes(e, { scores, deltas, info }, PLAIN);
      const last = e.one('Transpose', [map], { perm: [0, 2, 3, 1] });
      const pooled = e.one('MaxRoiPool', [last, rois], { outputHeight: 2, outputWidth: 2, spatialScale: 1 / 8 });
      const flat = e.reshape(e.one('Transpose', [pooled], { perm: [0, 3, 1, 2] }), [0, -1]);
      const weights = e.constant(randomTensor('float32', [12, 5], randomSource(3)));
      const logits = e.one('MatMul', [flat, weights], {
        transA: false,
        transB: false,
        activation: { kind: 'relu', alpha: 0, beta: 0 },
      });
      return [e.one('Softmax', [logits], { axes: [1], log: false }), rois];
    });
    const feeds = { ...feedsOfMaps(1, 5, 6), map: randomTensor('float32', [1, 3, 5, 6], randomSource(4)) };
    const [classes, rois] = await runLayers(graph, feeds, backend);
    const count = loops(feeds, PLAIN).length;
    expect(rois?.shape).toEqual([count, 5]);
    expect(classes?.shape).toEqual([count, 5]);
  });
});

it('maps whose channels do not fit are refused', () => {
  expect(() =>
    layerGraph({ ...PORTS, deltas: [null, 20, null, null] }, (e, [scores = '', deltas = '', info = '']) => {
      return proposalNodes(e, { scores, deltas, info }, PLAIN).rois;
    }),
  ).toThrow(/6 anchors, which need 24 channels, not 20/);
});
