/** Things with masks on the GPU: what an independent decoder finds, and none where nothing scores enough. */
import { describe, expect, it } from 'vitest';
import { openGpu } from '../../src/node/adapter.ts';
import { createSegmenter } from '../../src/tasks/segmenter.ts';
import { constantNetwork, INPUT } from '../helpers/head-cases.ts';
import { INSTANCE_CASES } from '../helpers/instance-cases.ts';
import { blank, expectInstances, segmented } from '../helpers/instances.ts';

describe('instances of prototypes', () => {
  it.each(INSTANCE_CASES)('$decode', async (network) => {
    const { adapter: gpu } = await openGpu();
    const pictures = [INPUT, { width: 50, height: 40 }];
    const found = await segmented(network, pictures, { gpu });
    pictures.forEach((picture, i) => expectInstances(found[i] ?? [], network.found(picture), picture));
  });

  it('may be none', async () => {
    const { adapter: gpu } = await openGpu();
    using segmenter = await createSegmenter(constantNetwork(INSTANCE_CASES[0]?.outputs ?? {}), { gpu });
    expect(await segmenter.segment(blank(INPUT), { threshold: 1 })).toEqual({ kind: 'instances', instances: [] });
  });
});
