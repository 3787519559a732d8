/** Pictures as inputs on the GPU, against `preprocess` on the host: every convention, odd sizes, layouts, element types. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DType } from '../../src/core/dtype.ts';
import { InputError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { PictureSource } from '../../src/pictures/source.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { inputShape, type Preprocessing } from '../../src/vision/picture-spec.ts';
import { plainPicture } from '../../src/vision/plain-picture.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource } from '../helpers/random.ts';

const random = randomSource(11);

function noise(width: number, height: number): Pixels {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, () => random() * 256);
  return { width, height, data };
}

const BASE = plainPicture(7, 5, { mean: [123.7, 116.3, 103.5], std: [58.4, 57.1, 57.4] });

/** The picture as it arrives in the network. */
function identity(spec: Preprocessing, dtype: DType): Graph {
  const b = new GraphBuilder('picture');
  const x = b.input('x', dtype, inputShape(spec));
  b.output(b.one('Identity', [x], {}, { outputs: ['y'] }));
  return b.build();
}

let device: GPUDevice | undefined;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device?.destroy());

async function onGpu(picture: PictureSource, spec: Preprocessing, dtype: DType = spec.dtype): Promise<Tensor> {
  if (!device) throw new Error('no device');
  using session = await Session.create(identity(spec, dtype), { gpu: device });
  const { y } = await session.run({ x: { picture, preprocessing: spec } });
  if (!y) throw new Error('no output');
  return y;
}

function texture(usage: GPUTextureUsageFlags, layers = 1): GPUTexture {
  if (!device) throw new Error('no device');
  return device.createTexture({ size: [6, 4, layers], format: 'rgba8unorm', usage });
}

const CASES: Readonly<Record<string, Partial<Preprocessing>>> = {
  'bilinear, half pixels': {},
  'bilinear, aligned corners, channels first': { resize: { method: 'bilinear', alignCorners: true }, layout: 'nchw' },
  'bilinear, pixels at i': { resize: { method: 'bilinear', halfPixel: false } },
  nearest: { resize: { method: 'nearest' } },
  'box average, BGR': { resize: { method: 'area' }, channelOrder: 'bgr' },
  'cover, shorter side': { fit: 'cover', shorterSide: 9, width: 6, height: 6 },
  'cover, just enough': { fit: 'cover', width: 3, height: 17 },
  'contain, with a border, BGR, channels first': {
    fit: 'contain',
    padding: [114, 20, 255],
    channelOrder: 'bgr',
    layout: 'nchw',
    width: 17,
    height: 16,
  },
  grey: { channelOrder: 'grey', mean: [99.5, 0, 0], std: [58.4, 1, 1] },
  'grey, with a border, channels first': {
    channelOrder: 'grey',
    fit: 'contain',
    padding: [114, 20.5, 255],
    layout: 'nchw',
    width: 17,
    height: 16,
  },
};

describe('pictures on the GPU', () => {
  for (const [name, over] of Object.entries(CASES)) {
    it(`prepares as the host does: ${name}`, async () => {
      const spec = { ...BASE, ...over };
      for (const [width, height] of [
        [1, 1],
        [13, 3],
        [5, 31],
      ] as const) {
        const pixels = noise(width, height);
        // Weighted sums of bytes in float32 instead of float64, divided by the deviation.
        expectClose(await onGpu(pixels, spec), preprocess(pixels, spec), { rtol: 1e-5, atol: 1e-5 });
      }
    });
  }

  it('rounds as Pillow does, to the bit', async () => {
    for (const channelOrder of ['rgb', 'grey'] as const) {
      const spec: Preprocessing = {
        ...BASE,
        channelOrder,
        resize: { method: 'bilinear', antialias: true },
        mean: [0, 0, 0],
        std: [1, 1, 1],
      };
      for (const [width, height] of [
        [64, 48],
        [3, 5],
      ] as const) {
        const pixels = noise(width, height);
        expect((await onGpu(pixels, spec)).data).toEqual(preprocess(pixels, spec).data);
      }
    }
  });

  describe('of integers are those of the host, to the bit', () => {
    const integers: readonly Partial<Preprocessing>[] = [
      { dtype: 'int8', mean: [128, 128, 128], std: [1, 1, 1] },
      { dtype: 'uint8', mean: [10, 0, -300], std: [1, 0.5, 1] },
      { dtype: 'int32', mean: [10, 0, -300], std: [1, 0.01, 1e-12] },
      { dtype: 'int8', mean: [138.93, 131.2, 118.52], std: [1.0896, 1.0658, 1.0705] },
    ];
    for (const [name, over] of Object.entries(CASES)) {
      it(name, async () => {
        for (const [i, type] of integers.entries()) {
          const spec = { ...BASE, width: 33, height: 21, ...over, ...type };
          for (const pixels of [noise(13, 3), noise(70 + i, 52)])
            expect((await onGpu(pixels, spec)).data).toEqual(preprocess(pixels, spec).data);
        }
      });
    }

    it('Pillow, and a float input', async () => {
      const [spec, pixels] = [{ ...BASE, dtype: 'int8', std: [0.7, 1, 2] } as const, noise(40, 31)];
      const pillow: Preprocessing = { ...spec, resize: { method: 'bilinear', antialias: true } };
      expect((await onGpu(pixels, pillow)).data).toEqual(preprocess(pixels, pillow).data);
      expect([...(await onGpu(pixels, spec, 'float32')).data]).toEqual([...preprocess(pixels, spec).data]);
    });
  });

  it('refuses floats for an input of integers', async () => {
    await expect(onGpu(noise(7, 5), BASE, 'int32')).rejects.toThrow(/preprocessing must have the dtype int32/);
    await expect(onGpu(noise(7, 5), { ...BASE, dtype: 'uint8' }, 'int8')).rejects.toThrow(/have the dtype int8/);
  });

  it('reads a texture of the session’s device', async () => {
    const { width, height, data } = noise(6, 4);
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
    const texture = device?.createTexture({ size: [width, height], format: 'rgba8unorm', usage });
    if (!texture) throw new Error('no device');
    device?.queue.writeTexture({ texture }, Uint8Array.from(data), { bytesPerRow: width * 4 }, [width, height]);
    expectClose(await onGpu(texture, BASE), preprocess({ width, height, data }, BASE), { rtol: 1e-5, atol: 1e-5 });
    texture.destroy();
  });

  it('uses one texture and one set of tables for a stream, each frame its own pixels', async () => {
    if (!device) throw new Error('no device');
    using session = await Session.create(identity(BASE, 'float32'), { gpu: device });
    const frames = [noise(9, 8), noise(9, 8), noise(4, 3)];
    const results = await Promise.all(frames.map((picture) => session.run({ x: { picture, preprocessing: BASE } })));
    results.forEach(({ y }, i) => {
      const pixels = frames[i];
      if (y && pixels) expectClose(y, preprocess(pixels, BASE), { rtol: 1e-5, atol: 1e-5 });
    });
  });

  it('keeps the pictures of one run apart, whatever their sizes', async () => {
    if (!device) throw new Error('no device');
    const b = new GraphBuilder('pair');
    for (const [input, output] of [
      ['left', 'y'],
      ['right', 'z'],
    ] as const) {
      const x = b.input(input, 'float32', inputShape(BASE));
      b.output(b.one('Identity', [x], {}, { outputs: [output] }));
    }
    using session = await Session.create(b.build(), { gpu: device });
    for (const [left, right] of [
      [noise(9, 8), noise(9, 8)],
      [noise(9, 8), noise(4, 3)],
    ] as const) {
      const { y, z } = await session.run({
        left: { picture: left, preprocessing: BASE },
        right: { picture: right, preprocessing: BASE },
      });
      if (!y || !z) throw new Error('no outputs');
      expectClose(y, preprocess(left, BASE), { rtol: 1e-5, atol: 1e-5 });
      expectClose(z, preprocess(right, BASE), { rtol: 1e-5, atol: 1e-5 });
    }
  });

  it('refuses a texture that a shader cannot read as one picture', async () => {
    const { TEXTURE_BINDING, COPY_DST } = GPUTextureUsage;
    await expect(onGpu(texture(COPY_DST), BASE)).rejects.toThrow(/lacks TEXTURE_BINDING/);
    await expect(onGpu(texture(TEXTURE_BINDING, 2), BASE)).rejects.toThrow(/one layer/);
    const gone = texture(TEXTURE_BINDING);
    gone.destroy();
    await expect(onGpu(gone, BASE)).rejects.toBeInstanceOf(InputError);
  });

  it('gives the same on the CPU', async () => {
    const pixels = noise(9, 8);
    using session = await Session.create(identity(BASE, 'float32'), { backend: 'cpu' });
    const { y } = await session.run({ x: { picture: pixels, preprocessing: BASE } });
    expect(y).toEqual(preprocess(pixels, BASE));
  });

  it('takes bytes in shared memory', async () => {
    const pixels = noise(9, 8);
    const data = new Uint8ClampedArray(new SharedArrayBuffer(pixels.data.length));
    data.set(pixels.data);
    expect(await onGpu({ ...pixels, data }, BASE)).toEqual(await onGpu(pixels, BASE));
  });

  it('refuses what is no picture, has no pixels, is too large, or does not fit the input', async () => {
    const refused = async (picture: unknown, spec = BASE): Promise<unknown> =>
      onGpu(picture as PictureSource, spec).catch((error: unknown) => error);
    for (const picture of [7, null, {}, { width: 0, height: 0, data: new Uint8Array(0) }]) {
      expect(await refused(picture)).toBeInstanceOf(InputError);
    }
    expect(String(await refused({ width: 1e5, height: 1, data: new Uint8Array(4e5) }))).toMatch(/textures/);
    for (const data of [new Uint8Array(3), new Float32Array(64), Array(64).fill(1)]) {
      expect(String(await refused({ width: 4, height: 4, data }))).toMatch(/64 bytes of RGBA/);
    }
    if (!device) throw new Error('no device');
    using session = await Session.create(identity(BASE, 'float32'), { gpu: device });
    const wrong = session.run({ x: { picture: noise(3, 3), preprocessing: { ...BASE, width: 8 } } });
    await expect(wrong).rejects.toThrow(/input "x" is float32 1x5x7x3, got float32 1x5x8x3/);
  });
});
