/** Whole networks that were quantised: the GPU gives the CPU reference's integers, which are onnxruntime's to a step. */
import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/formats/detect.ts';
import { isOp } from '../../src/ir/is-op.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { at } from '../../src/util/arrays.ts';
import '../helpers/every-operator.ts';
import { FULL } from '../helpers/full.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { pictureFor, QDQ_NETWORKS, qdqNetwork, type QdqName } from '../helpers/qdq-networks.ts';
import { referenceRun } from '../helpers/reference.ts';

const NAMES = Object.keys(QDQ_NETWORKS).filter((name): name is QdqName => name in QDQ_NETWORKS);
const ADAPTERS = FULL ? ['lavapipe', 'swiftshader'] : [undefined];
const RESOLUTION = FULL ? 64 : 32;
const QUICK: QdqName = 'MobileNet v2, a third as wide';

describe('a network that was quantised', () => {
  it.each(FULL ? NAMES : [QUICK])('%s', async (name) => {
    const { float, files } = await qdqNetwork(name, { resolution: RESOLUTION, classes: 100 });
    const graph = compile((await importModel(files)).graph, { level: 'full' });
    const last = graph.nodes.filter((node) => isOp(node, 'DequantizeLinear'));
    expect(last).toHaveLength(1);
    const step = Number(graph.initializers.get(at(at(last, 0).inputs, 1))?.data[0]);
    // Another picture than the one that gave the ranges, which it leaves here and there.
    const feeds = pictureFor(float, 2);
    const [expected] = referenceRun(graph, feeds).values();
    const scores = Array.from(expected?.data ?? []);
    expect(new Set(scores).size).toBeGreaterThan(8);

    const [theirs] = (await ortRun(files.main.bytes, feeds, 'all')).values();
    const apart = scores.map((v, i) => Math.round(Math.abs(v - (theirs?.data[i] ?? NaN)) / step));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);

    for (const adapter of ADAPTERS) {
      const device = await requestDevice((await openGpu({ adapter })).adapter);
      using session = await Session.create(files.main.bytes, { backend: 'webgpu', gpu: device, tune: 'off' });
      const [actual] = Object.values(await session.run(Object.fromEntries(feeds)));
      expect(Array.from(actual?.data ?? []), adapter).toEqual(scores);
      // That each step is right, and not the last alone.
      const steps = FULL ? await session.check(Object.fromEntries(feeds)) : [];
      expect(
        steps.filter(({ mismatches }) => mismatches > 0),
        adapter,
      ).toEqual([]);
      device.destroy();
    }
  });
});
