/** Prior boxes as a graph's arithmetic: the numbers of `ir/priors`, whatever the picture's size. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { zeros } from '../../../src/core/tensor.ts';
import { priorBoxNodes, type PriorBoxLayer } from '../../../src/formats/lib/prior-box.ts';
import { ssdPriorBoxes, ssdPriorSizes } from '../../../src/ir/priors/ssd.ts';
import { expectClose } from '../../helpers/close.ts';
import { layerGraph, runLayers } from '../../helpers/layer-graphs.ts';

const SIZES = { minSizes: [30, 45], maxSizes: [60, 90], aspectRatios: [2, 3, 2.0000001, 1], flip: true };
const VARIANCES = [0.1, 0.1, 0.2, 0.2];

const layer = (more: Partial<PriorBoxLayer> = {}): PriorBoxLayer => ({
  sizes: ssdPriorSizes(SIZES),
  clip: false,
  offset: 0.5,
  variances: VARIANCES,
  ...more,
});

const graphOfPriors = (given: PriorBoxLayer) =>
  layerGraph({ map: [null, 3, null, null], picture: [null, 3, null, null] }, (e, [map = '', picture]) =>
    priorBoxNodes(e, map, picture, given),
  );

describe('prior boxes', () => {
  const graph = graphOfPriors(layer());
  it.each([
    { map: [3, 5], picture: [60, 100] },
    { map: [1, 1], picture: [300, 300] },
    { map: [2, 7], picture: [31, 97] },
  ] as const)('of a map of $map in a picture of $picture', async ({ map, picture }) => {
    const feeds = { map: zeros('float32', [1, 3, ...map]), picture: zeros('float32', [1, 3, ...picture]) };
    const [found] = await runLayers(graph, feeds);
    const expected = ssdPriorBoxes({ ...SIZES, map, picture, clip: false, offset: 0.5 });
    const cells = expected.shape[0] ?? 0;
    expect(cells).toBe(map[0] * map[1] * 12);
    const data = [...expected.data, ...Array.from({ length: cells }, () => VARIANCES).flat()];
    expectClose(
      found ?? expected,
      { dtype: 'float32', shape: [1, 2, cells * 4], data: Float32Array.from(data) },
      floatTolerance(4),
    );
  });

  it('have steps, an offset and a clip of their own', async () => {
    const step = [8, 16] as const;
    const feeds = { map: zeros('float32', [2, 3, 4, 3]), picture: zeros('float32', [2, 3, 40, 50]) };
    const [found] = await runLayers(graphOfPriors(layer({ step, offset: 0.25, clip: true })), feeds);
    const expected = ssdPriorBoxes({ ...SIZES, map: [4, 3], picture: [40, 50], step, clip: true, offset: 0.25 });
    const data = found?.data.slice(0, expected.data.length) ?? [];
    expectClose({ ...expected, data: Float32Array.from(data) }, expected, floatTolerance(4));
  });

  it('take the size of the picture that the layer says', async () => {
    const graphWithout = layerGraph({ map: [null, 3, null, null] }, (e, [map = '']) =>
      priorBoxNodes(e, map, undefined, layer({ picture: [20, 40] })),
    );
    const [found] = await runLayers(graphWithout, { map: zeros('float32', [1, 3, 2, 2]) });
    const expected = ssdPriorBoxes({ ...SIZES, map: [2, 2], picture: [20, 40], clip: false, offset: 0.5 });
    expectClose(
      { ...expected, data: Float32Array.from(found?.data.slice(0, expected.data.length) ?? []) },
      expected,
      floatTolerance(4),
    );
  });

  it('are refused without a picture', () => {
    expect(() =>
      layerGraph({ map: [null, 3, null, null] }, (e, [map = '']) => priorBoxNodes(e, map, undefined, layer())),
    ).toThrow(/no picture/);
  });
});
