/** DetectionOutput of layers' formats on both backends, beside plain loops. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { detectionOutputNodes, type DetectionLayer } from '../../../src/formats/lib/detection-output.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { FULL } from '../../helpers/full.ts';
import { ssdRows, type SsdRow } from '../../helpers/decoders/ssd-layer.ts';
import { layerGraph, runLayers, type LayerBackend } from '../../helpers/layer-graphs.ts';
import { randomSource } from '../../helpers/random.ts';

const PLAIN: DetectionLayer = {
  classes: 4,
  background: 0,
  shareLocation: true,
  coding: 'centerSize',
  varianceInTarget: false,
  clip: false,
  confidence: 0.3,
  overlap: 0.45,
  topK: 10,
  keepTopK: 12,
  form: 'listed',
};

const CASES: Readonly<Record<string, Partial<DetectionLayer>>> = {
  'as most files have it': {},
  'corners, clipped': { coding: 'corner', clip: true },
  'corners in sizes of the prior': { coding: 'cornerSize' },
  'codes that hold the variances': { varianceInTarget: true },
  'a box for each class': { shareLocation: false },
  'all of each class and in all': { topK: -1, keepTopK: -1 },
  'more than there may be': { topK: 400, keepTopK: 500 },
  'no background': { background: -1 },
  'another background': { background: 2, shareLocation: false },
  'every score': { confidence: -3.4e38 },
  'no score': { confidence: 2 },
  one: { keepTopK: 1 },
};

interface Feeds extends Readonly<Record<string, Tensor>> {
  readonly locations: Tensor;
  readonly scores: Tensor;
  readonly priors: Tensor;
}

const list = (n: number, make: () => number): number[] => range(n).map(make);

function feedsFor(layer: DetectionLayer, images: number, count: number): Feeds {
  const random = randomSource(count + images);
  const own = layer.shareLocation ? 1 : layer.classes;
  const corners = range(count).flatMap(() => {
    const [x, y, w, h] = [random() * 0.8, random() * 0.8, 0.1 + random() * 0.3, 0.1 + random() * 0.3];
    return [x, y, x + w, y + h];
  });
  const variances = range(count).flatMap(() => [0.1, 0.1, 0.2, 0.2]);
  return {
    locations: tensorOf(
      'float32',
      [images, count * own * 4],
      list(images * count * own * 4, () => random() - 0.5),
    ),
    scores: tensorOf('float32', [images, count * layer.classes], list(images * count * layer.classes, random)),
    priors: tensorOf('float32', [1, 2, count * 4], [...corners, ...variances]),
  };
}

const graphOfLayer = (layer: DetectionLayer): Graph =>
  layerGraph(
    { locations: [null, null], scores: [null, null], priors: [1, 2, null] },
    (e, [locations = '', scores = '', priors = '']) => detectionOutputNodes(e, { locations, scores, priors }, layer),
  );

const loops = (feeds: Feeds, layer: DetectionLayer): readonly SsdRow[] =>
  ssdRows(
    feeds.locations.shape[0] ?? 0,
    { locations: feeds.locations.data, scores: feeds.scores.data, priors: feeds.priors.data },
    layer,
  );

async function first(graph: Graph, feeds: Feeds, backend: LayerBackend): Promise<Tensor> {
  const [found] = await runLayers(graph, feeds, backend);
  if (!found) throw new Error('the graph has no output');
  return found;
}

/** Images, and boxes of each. */
const SIZES = [[3, 17], ...(FULL ? ([[1, 40]] as const) : [])] as const;

describe.each(['cpu', 'webgpu'] as const)('rows of all images, on %s', (backend) => {
  it.each(Object.entries(CASES))('%s', async (_, more) => {
    const layer = { ...PLAIN, ...more };
    const graph = graphOfLayer(layer);
    for (const [images, count] of SIZES) {
      const feeds = feedsFor(layer, images, count);
      const rows = loops(feeds, layer);
      const foreground = layer.classes - (layer.background < 0 ? 0 : 1);
      const most = layer.keepTopK < 0 ? foreground * count : layer.keepTopK;
      const behind = range((images * most - rows.length) * 7).map(() => 0);
      const expected = tensorOf('float32', [1, 1, images * most, 7], [...rows.flat(), ...behind]);
      expectClose(await first(graph, feeds, backend), expected, floatTolerance(16), `${images} images`);
    }
  });

  it('rows apart are as many as the picture with the most has, best first', async () => {
    const layer: DetectionLayer = { ...PLAIN, form: 'apart', confidence: 0.8 };
    const graph = graphOfLayer(layer);
    for (const [images, count] of SIZES) {
      const feeds = feedsFor(layer, images, count);
      const rows = loops(feeds, layer);
      const lists = range(images).map((image) =>
        rows.filter(([own]) => own === image).sort((a, b) => (b[2] ?? 0) - (a[2] ?? 0)),
      );
      const most = Math.max(...lists.map(({ length }) => length));
      expect(most).toBeGreaterThan(0);
      const all = lists.flatMap((list) => range(most).flatMap((i) => list[i]?.slice(1) ?? [0, 0, 0, 0, 0, 0]));
      const expected = tensorOf('float32', [images, most, 6], all);
      expectClose(await first(graph, feeds, backend), expected, floatTolerance(16), `${images} images`);
    }
    const none = feedsFor(layer, 1, 5);
    none.scores.data.fill(0);
    expect((await first(graph, none, backend)).shape).toEqual([1, 0, 6]);
  });

  it('NaN is no score, and equal scores go in the order of their priors', async () => {
    const layer: DetectionLayer = { ...PLAIN, classes: 2, topK: 3, overlap: 0.01 };
    const corners = range(5).flatMap((i) => [i / 8, 0, i / 8 + 0.1, 0.1]);
    const feeds = {
      locations: tensorOf(
        'float32',
        [1, 20],
        range(20).map(() => 0),
      ),
      scores: tensorOf('float32', [1, 10], [0, 0.5, 0, NaN, 0, 0.5, 0, 0.5, 0, 0.5]),
      priors: tensorOf('float32', [1, 2, 20], [...corners, ...range(20).map(() => 0.1)]),
    };
    const found = await first(graphOfLayer(layer), feeds, backend);
    const lefts = range(4).map((row) => found.data[row * 7 + 3] ?? NaN);
    expect(lefts.map((v) => Math.round(v * 8))).toEqual([0, 2, 3, 0]);
  });
});
