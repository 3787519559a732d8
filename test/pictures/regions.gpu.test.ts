/** Regions of pictures as inputs on the GPU, against `preprocess` on the host: floats within rounding, integers to the bit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { inputShape, type Preprocessing } from '../../src/vision/picture-spec.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { plainPicture } from '../../src/vision/plain-picture.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import type { PictureRegion } from '../../src/vision/region-spec.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource } from '../helpers/random.ts';

const random = randomSource(31);

function noise(width: number, height: number): Pixels {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, () => random() * 256);
  return { width, height, data };
}

/** The picture as it arrives in the network. */
function identity(spec: Preprocessing): Graph {
  const b = new GraphBuilder('picture');
  const x = b.input('x', spec.dtype, inputShape(spec));
  b.output(b.one('Identity', [x], {}, { outputs: ['y'] }));
  return b.build();
}

let device: GPUDevice | undefined;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device?.destroy());

async function session(spec: Preprocessing): Promise<Session> {
  if (!device) throw new Error('no device');
  return Session.create(identity(spec), { gpu: device });
}

async function run(opened: Session, picture: Pixels, spec: Preprocessing, region?: PictureRegion): Promise<Tensor> {
  const { y } = await opened.run({ x: { picture, preprocessing: spec, region } });
  if (!y) throw new Error('no output');
  return y;
}

/** All of a picture and no more, parts, what is mostly or wholly outside, a part of a pixel, thousands of pixels. */
const REGIONS: readonly PictureRegion[] = [
  { centerX: 18.5, centerY: 14.5, width: 37, height: 29 },
  { centerX: 18.5, centerY: 14.5, width: 37, height: 29, angle: Math.PI / 2 },
  { centerX: 12.3, centerY: 20.1, width: 15, height: 9, angle: (37 * Math.PI) / 180 },
  { centerX: 30, centerY: -2, width: 60.5, height: 44, angle: -2.2, mirror: true },
  { centerX: -100, centerY: 300, width: 20, height: 20, angle: 1 },
  { centerX: 7.7, centerY: 3.2, width: 0.3, height: 0.9, angle: 0.4 },
  { centerX: 5, centerY: 8, width: 9000, height: 12_000, angle: 3 },
  { centerX: 2 ** 24, centerY: -(2 ** 24), width: 2 ** 24, height: 1e-6, angle: 0.7 },
].flatMap((region) => [region, { ...region, outside: 'repeat' as const }]);

describe('regions of pictures on the GPU', () => {
  it('are what the host makes of them', async () => {
    const picture = noise(37, 29);
    for (const over of [
      {},
      { fit: 'contain', padding: [114, 20, 255], channelOrder: 'bgr', layout: 'nchw' },
      { fit: 'cover', resize: { method: 'bilinear', halfPixel: false } },
    ] as const) {
      const spec = plainPicture(33, 21, { mean: [127.5, 120, 100], std: [127.5, 60, 255], ...over });
      using opened = await session(spec);
      for (const region of REGIONS.filter(({ width, height }) => spec.fit === 'stretch' || width / height < 1e4)) {
        // Bytes of up to 255 in float32: a part in 2^24, three times, over deviations of 60 and more.
        expectClose(await run(opened, picture, spec, region), preprocess(picture, spec, region), {
          rtol: 0,
          atol: 2e-6,
        });
      }
    }
  });

  it('are to the bit of integers', async () => {
    const picture = noise(37, 29);
    for (const over of [
      { dtype: 'int8', mean: [128, 128, 128], padding: [300, -4, 7.5] },
      { dtype: 'uint8', layout: 'nchw', std: [1, 0.5, 2] },
      { dtype: 'int32', mean: [10, 0, -300], std: [1, 0.01, 1e-12], channelOrder: 'bgr' },
    ] as const) {
      const spec = plainPicture(19, 33, over);
      using opened = await session(spec);
      for (const region of REGIONS) {
        expect((await run(opened, picture, spec, region)).data).toEqual(preprocess(picture, spec, region).data);
      }
    }
  });

  it('of a large picture are exact at its far end', async () => {
    const picture = noise(4000, 3);
    const spec = plainPicture(16, 16);
    using opened = await session(spec);
    const region = { centerX: 3997.7, centerY: 1.6, width: 3.1, height: 2.3, angle: 0.9 };
    expectClose(await run(opened, picture, spec, region), preprocess(picture, spec, region), { rtol: 0, atol: 1e-4 });
  });

  it('come and go between whole pictures, on both backends alike', async () => {
    const spec = plainPicture(9, 7, { std: [255, 255, 255] });
    const pictures = [noise(13, 8), noise(13, 8)];
    using onGpu = await session(spec);
    using onCpu = await Session.create(identity(spec), { backend: 'cpu' });
    const regions = [REGIONS[2], undefined, REGIONS[4], REGIONS[2], undefined];
    const feeds = regions.flatMap((region) => pictures.map((picture) => [picture, region] as const));
    const ours = await Promise.all(feeds.map(([picture, region]) => run(onGpu, picture, spec, region)));
    for (const [i, [picture, region]] of feeds.entries()) {
      const expected = await run(onCpu, picture, spec, region);
      expectClose(ours[i] ?? expected, expected, { rtol: 0, atol: 1e-6 });
      expect(expected.data).toEqual(preprocess(picture, spec, region).data);
    }
  });

  it('refuse what is none', async () => {
    const spec = plainPicture(9, 7);
    const picture = noise(4, 4);
    using onGpu = await session(spec);
    using onCpu = await Session.create(identity(spec), { backend: 'cpu' });
    const good: PictureRegion = { centerX: 1, centerY: 1, width: 2, height: 2 };
    for (const opened of [onGpu, onCpu]) {
      for (const over of [{ width: 0 }, { height: NaN }, { angle: Infinity }, { centerX: '1' }, { centre: 1 }]) {
        const wrong = run(opened, picture, spec, { ...good, ...over } as PictureRegion);
        await expect(wrong).rejects.toThrow(InputError);
      }
      await expect(run(opened, picture, { ...spec, resize: { method: 'area' } }, good)).rejects.toThrow('bilinearly');
      await expect(run(opened, picture, spec, 'face' as unknown as PictureRegion)).rejects.toThrow(InputError);
      expect((await run(opened, picture, spec, good)).data.every(Number.isFinite)).toBe(true);
    }
  });
});
