/** Whole networks as they are published, on both backends, against what ncnn made of the same inputs. */
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../../src/session/session.ts';
import { at } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { FULL } from '../../helpers/full.ts';
import { closeGpu, openDevice } from '../../helpers/gpu-device.ts';
import { hasSharedData, readGolden, sharedModel } from '../../helpers/shared-data.ts';

afterAll(closeGpu);

/** The goldens' own tolerance: another runtime, other kernels, thousands of terms. */
const TOLERANCE = { rtol: 1e-3, atol: 2e-4 };

const NETWORKS = [
  'squeezenet_v1.1__cat',
  'nanodet_m__street',
  'PP_OCRv5_mobile_det__street',
  // Fed with another size than its file suggests.
  'waifu2x_upconv_7__cat',
  'realesr-animevideov3-x2__cat',
];

/** The reference takes seconds for most: the full run has them all. */
const ON = [
  ['cpu', FULL ? NETWORKS : NETWORKS.slice(0, 1)],
  ['webgpu', NETWORKS],
] as const;

describe.skipIf(!hasSharedData).each(ON)('on %s', (backend, networks) => {
  it.each(networks)('%s', async (name) => {
    const golden = readGolden(name);
    // A blob has no batch.
    const tensors = golden.inputs.map(({ tensor }) => ({ ...tensor, shape: [1, ...tensor.shape] }));
    const gpu = backend === 'webgpu' ? { gpu: (await openDevice()).device } : {};
    const [main = ''] = golden.model.split(' + ');
    using session = await Session.create(sharedModel(`ncnn/${main}`), {
      backend,
      ...gpu,
      tune: 'off',
      inputShapes: (ports) => Object.fromEntries(ports.map((port, i) => [port.name, [...at(tensors, i).shape]])),
    });
    const results = await session.run(Object.fromEntries(session.inputs.map((port, i) => [port.name, at(tensors, i)])));
    expect(Object.keys(results)).toHaveLength(golden.outputs.length);
    for (const [i, { name: output, tensor }] of golden.outputs.entries()) {
      const own = results[output] ?? at(Object.values(results), i);
      expectClose(own, { ...tensor, shape: own.shape }, TOLERANCE, output);
    }
  });
});
