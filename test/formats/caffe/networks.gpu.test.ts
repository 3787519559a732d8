/** Whole networks as they are published, on both backends, against what OpenCV made of the same inputs. */
import { afterAll, describe, expect, it } from 'vitest';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import { Session } from '../../../src/session/session.ts';
import { expectClose } from '../../helpers/close.ts';
import { FULL } from '../../helpers/full.ts';
import { closeGpu, openDevice } from '../../helpers/gpu-device.ts';
import { hasSharedData, readGolden, sharedModel } from '../../helpers/shared-data.ts';

afterAll(closeGpu);

/** The goldens' own tolerance: another runtime, other kernels, thousands of terms. */
const TOLERANCE = { rtol: 1e-3, atol: 2e-4 };

const NETWORKS = [
  'lenet__digits',
  'mtcnn_det1__faces_1',
  'mtcnn_det2__faces_1',
  'mtcnn_det3__faces_1',
  'wechat_qr_sr__street',
  'wechat_qr_detect__street_qr',
];

/** The reference takes seconds for a large one: the full run has them all. */
const ON = [
  ['cpu', FULL ? NETWORKS : NETWORKS.slice(0, 4)],
  ['webgpu', NETWORKS],
] as const;

describe.skipIf(!hasSharedData).each(ON)('on %s', (backend, networks) => {
  it.each(networks)('%s', async (name) => {
    const golden = readGolden(name);
    const { graph } = await caffeImporter.load(
      sharedModel(`caffe/${golden.model.replace('.caffemodel', '.prototxt')}`),
    );
    const tensors = golden.inputs.map(({ tensor }) => tensor);
    // The file's extents are suggestions: another batch and size than those come here.
    const inputs = graph.inputs.map((input, i) => ({ ...input, shape: tensors[i]?.shape ?? input.shape }));
    const gpu = backend === 'webgpu' ? { gpu: (await openDevice()).device } : {};
    const session = await Session.create({ ...graph, inputs }, { backend, ...gpu, tune: 'off' });
    const feeds = Object.fromEntries(tensors.map((tensor, i) => [inputs[i]?.name ?? '', tensor]));
    const results = await session.run(feeds);
    expect(Object.keys(results)).toEqual(golden.outputs.map((output) => output.name));
    for (const output of golden.outputs) {
      const { dtype, shape, data } = results[output.name] ?? output.tensor;
      expectClose({ dtype, shape, data: Float32Array.from(data as Float32Array) }, output.tensor, TOLERANCE);
    }
    session.dispose();
  });
});
