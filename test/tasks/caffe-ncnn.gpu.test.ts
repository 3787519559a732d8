/** Networks of Caffe and of ncnn in their tasks, as people use them: pictures in, against what those frameworks gave. */
import { describe, expect, it } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import { createTextDetector } from '../../src/tasks/text-detector.ts';
import { createUpscaler } from '../../src/tasks/upscaler.ts';
import { at, range } from '../../src/util/arrays.ts';
import { textRegions } from '../../src/vision/decode/text-regions.ts';
import { realLuma } from '../../src/vision/luma.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { cutAt, overlap, suppressed } from '../helpers/decoders/decoded-box.ts';
import { decodeNanoDet } from '../helpers/decoders/yolo.ts';
import { hasSharedData, readGolden, sharedModel, type Golden } from '../helpers/shared-data.ts';

const onGpu = { gpu: async (): Promise<GPUAdapter> => (await openGpu()).adapter };
const onCpu = { backend: 'cpu' } as const;

/** The last three extents of a recorded tensor, channels first. */
function extentsOf({ shape }: Tensor): readonly [channels: number, height: number, width: number] {
  const [channels = 0, height = 0, width = 0] = shape.slice(-3);
  return [channels, height, width];
}

/** The picture that a recorded input shows: `byteOf` gives the byte of an element. */
function recordedPicture(
  { tensor }: { readonly tensor: Tensor },
  byteOf: (value: number, channel: number) => number,
  order: readonly number[] = [0, 1, 2],
): Pixels {
  const [channels, height, width] = extentsOf(tensor);
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const channel = channels === 1 ? 0 : at(order, c);
      data[4 * i + c] = byteOf(tensor.data[channel * width * height + i] ?? NaN, channel);
    }
  }
  return { width, height, data };
}

const first = ({ inputs, outputs }: Golden) => ({ input: at(inputs, 0), output: at(outputs, 0) });
const byte = (value: number): number => value * 255;

/** How far the colours of a picture within a margin are from recorded ones, 0…1, channels first: the most, and how many bytes differ. */
function difference(
  { width, data }: Pixels,
  { tensor }: { readonly tensor: Tensor },
  margin = 0,
): { most: number; share: number } {
  const [channels, tall, wide] = extentsOf(tensor);
  let [most, differing] = [0, 0];
  for (let y = 0; y < tall; y++) {
    for (let x = 0; x < wide; x++) {
      for (let c = 0; c < channels; c++) {
        const recorded = Math.round(Math.min(1, Math.max(0, tensor.data[(c * tall + y) * wide + x] ?? NaN)) * 255);
        const pixel = 4 * ((y + margin) * width + x + margin);
        const made =
          channels === 1
            ? realLuma(data[pixel] ?? 0, data[pixel + 1] ?? 0, data[pixel + 2] ?? 0)
            : (data[pixel + c] ?? NaN);
        most = Math.max(most, Math.abs(made - recorded));
        differing += Number(Math.abs(made - recorded) > 0.01);
      }
    }
  }
  return { most, share: differing / (channels * tall * wide) };
}

describe.runIf(hasSharedData)('larger pictures', () => {
  it.each([
    ['waifu2x_upconv_7_anime_noise1_2x', 'waifu2x_upconv_7__cat', 7],
    ['realesr-animevideov3-x2', 'realesr-animevideov3-x2__cat', 0],
  ])('%s makes what ncnn made, at once and by parts', async (model, name, margin) => {
    const { input, output } = first(readGolden(name));
    const picture = recordedPicture(input, byte);
    using upscaler = await createUpscaler(sharedModel(`ncnn/${model}.param`), onGpu);
    expect(upscaler.factor).toBe(2);
    for (const tile of [256, 20]) {
      const larger = await upscaler.upscale(picture, { tile });
      expect(larger).toMatchObject({ width: 2 * picture.width, height: 2 * picture.height });
      // ncnn had nothing around the picture.
      const { most, share } = difference(larger, output, 2 * margin);
      console.info(`${model}, parts of ${tile}: ${most} of 255 at most, ${share} of bytes`);
      // A byte rounds to another where a sum lies near a half.
      expect(most).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.002);
    }
  });

  it('wechat_qr_sr makes the luma that OpenCV made, and a last row and column beside it', async () => {
    const { input, output } = first(readGolden('wechat_qr_sr__street'));
    const picture = recordedPicture(input, byte);
    using upscaler = await createUpscaler(sharedModel('caffe/wechat_qr_sr.prototxt'), onGpu);
    const larger = await upscaler.upscale(picture);
    const [, height, width] = extentsOf(output.tensor);
    expect(larger).toMatchObject({ width: width + 1, height: height + 1 });
    // What is behind the picture's edge is its edge here and nothing there, as far as the network sees.
    const inner = crop(output.tensor, 16);
    const { most, share } = difference(larger, { tensor: inner });
    console.info(`wechat_qr_sr: ${most} of 255 at most, ${share} of bytes`);
    expect(most).toBeLessThanOrEqual(1.01);
    expect(share).toBeLessThan(0.002);
  });

  it.each([1, 3, 5, 17])('pictures of %i pixels a side become twice as large', async (side) => {
    const { input } = first(readGolden('realesr-animevideov3-x2__cat'));
    const whole = recordedPicture(input, byte);
    const rows = range(side).flatMap((y) => [
      ...whole.data.subarray(4 * y * whole.width, 4 * (y * whole.width + side)),
    ]);
    const picture = { width: side, height: side, data: Uint8ClampedArray.from(rows) };
    for (const model of ['ncnn/waifu2x_upconv_7_anime_noise1_2x.param', 'caffe/wechat_qr_sr.prototxt']) {
      using upscaler = await createUpscaler(sharedModel(model), onCpu);
      const larger = await upscaler.upscale(picture);
      expect(larger).toMatchObject({ width: 2 * side, height: 2 * side });
      expect(Math.abs(mean(larger) - mean(picture))).toBeLessThan(12);
    }
  });
});

const mean = ({ data }: Pixels): number => [...data].reduce((a, b) => a + b, 0) / data.length;

/** A recorded picture without its last rows and columns. */
function crop(tensor: Tensor, by: number): Tensor {
  const [channels, tall, wide] = extentsOf(tensor);
  const [height, width] = [tall - by, wide - by];
  const data = Float32Array.from({ length: channels * height * width }, (_, i) => {
    const [c, y, x] = [Math.floor(i / width / height), Math.floor(i / width) % height, i % width];
    return tensor.data[(c * tall + y) * wide + x] ?? NaN;
  });
  return { dtype: 'float32', shape: [channels, height, width], data } as Tensor;
}

describe.runIf(hasSharedData)('text', () => {
  it('PP_OCRv5_mobile_det finds what the map that ncnn gave shows', async () => {
    const { input, output } = first(readGolden('PP_OCRv5_mobile_det__street'));
    const [mean, std] = [
      [123.675, 116.28, 103.53],
      [58.395, 57.12, 57.375],
    ];
    const picture = recordedPicture(input, (value, c) => Math.round(value * at(std, c) + at(mean, c)));
    const [, height, width] = extentsOf(output.tensor);
    using detector = await createTextDetector(sharedModel('ncnn/PP_OCRv5_mobile_det.param'), onGpu);
    for (const options of [{}, { threshold: 0.1, pixelThreshold: 0.1 }]) {
      const found = await detector.detect(picture, options);
      const expected = textRegions({ width, height, data: output.tensor.data }, picture, options);
      console.info(`text: ${found.length} places, by ncnn's map ${expected.length}`);
      expect(found.length).toBe(expected.length);
      found.forEach((region, i) => {
        expect(region.score).toBeCloseTo(expected[i]?.score ?? NaN, 3);
        region.outline.forEach(({ x, y }, corner) => {
          const other = expected[i]?.outline[corner];
          expect(Math.hypot(x - (other?.x ?? NaN), y - (other?.y ?? NaN))).toBeLessThan(0.1);
        });
      });
    }
  });
});

describe.runIf(hasSharedData)('things', () => {
  it('nanodet_m finds the people and the discs that ncnn’s numbers say', async () => {
    const golden = readGolden('nanodet_m__street');
    const [mean, std] = [
      [103.53, 116.28, 123.675],
      [57.375, 57.12, 58.395],
    ];
    const picture = recordedPicture(
      at(golden.inputs, 0),
      (value, c) => Math.round(value * at(std, c) + at(mean, c)),
      [2, 1, 0],
    );
    const size = { width: picture.width, height: picture.height };
    const levels = [8, 16, 32].map((stride, i) => {
      return { stride, scores: at(golden.outputs, 2 * i).tensor, distances: at(golden.outputs, 2 * i + 1).tensor };
    });
    const limits = { threshold: 0.4, iou: 0.5 };
    const expected = suppressed(decodeNanoDet(levels, size), limits).map((box) => cutAt(box, size));
    using detector = await createDetector(sharedModel('ncnn/nanodet_m.param'), onGpu);
    expect(detector.binding?.decode).toBe('nanodet');
    const found = await detector.detect(picture, limits);
    expect(found.map(({ label }) => label)).toEqual(expected.map(({ index }) => detector.labels?.[index]));
    expect(new Set(found.map(({ label }) => label))).toContain('person');
    found.forEach(({ x, y, width, height, score }, i) => {
      const other = at(expected, i);
      expect(score).toBeCloseTo(other.score, 2);
      expect(overlap({ x1: x, y1: y, x2: x + width, y2: y + height }, other)).toBeGreaterThan(0.97);
    });
  });

  it.each([
    ['GPU', onGpu],
    ['CPU', onCpu],
  ])('wechat_qr_detect finds the code where OpenCV found it, on the %s', async (_, options) => {
    const { input, output } = first(readGolden('wechat_qr_detect__street_qr'));
    using detector = await createDetector(sharedModel('caffe/wechat_qr_detect.prototxt'), options);
    const found = await detector.detect(recordedPicture(input, byte));
    const [image, , score = NaN, x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = output.tensor.data;
    expect(image).toBe(0);
    expect(found).toMatchObject([{ label: 'QR code', index: 1 }]);
    const [code] = found;
    expect(code?.score).toBeCloseTo(score, 3);
    const box = [code?.x, code?.y, (code?.x ?? NaN) + (code?.width ?? NaN), (code?.y ?? NaN) + (code?.height ?? NaN)];
    [x1, y1, x2, y2].forEach((place, i) => expect(Math.abs((box[i] ?? NaN) - 384 * place)).toBeLessThan(0.5));
  });
});

describe.runIf(hasSharedData)('classes', () => {
  it.each([
    ['GPU', onGpu],
    ['CPU', onCpu],
  ])('lenet reads drawn digits one by one as OpenCV read them together, on the %s', async (_, options) => {
    const { input, output } = first(readGolden('lenet__digits'));
    using classifier = await createClassifier(sharedModel('caffe/lenet.prototxt'), options);
    const side = 28;
    const told = [];
    for (const i of range(64)) {
      const data = input.tensor.data.slice(i * side * side, (i + 1) * side * side);
      const tensor = { dtype: 'float32', shape: [1, side, side], data } as Tensor;
      const [best] = await classifier.classify(recordedPicture({ tensor }, (value) => Math.round(value * 256)));
      const chances = [...output.tensor.data.subarray(10 * i, 10 * i + 10)];
      expect(best?.index).toBe(chances.indexOf(Math.max(...chances)));
      expect(best?.score).toBeCloseTo(Math.max(...chances), 2);
      told.push(best?.label);
    }
    console.info(`digits: ${told.join('')}`);
    expect(new Set(told).size).toBeGreaterThan(5);
  });

  it('squeezenet_v1.1 names what ncnn named', async () => {
    const files = sharedModel('ncnn/squeezenet_v1.1.param');
    const read = (name: string): Promise<Uint8Array> =>
      name.endsWith('.bin') ? files.read(name) : Promise.reject(new LoadError('the names lie elsewhere'));
    using classifier = await createClassifier({ ...files, read }, onGpu);
    for (const name of ['bird', 'cat', 'hot_dog', 'sunflower']) {
      const { input, output } = first(readGolden(`squeezenet_v1.1__${name}`));
      const mean = [104, 117, 123];
      const picture = recordedPicture(input, (value, c) => Math.round(value + at(mean, c)), [2, 1, 0]);
      const classes = [...output.tensor.data];
      const [best] = await classifier.classify(enlarged(picture));
      expect(best?.index).toBe(classes.indexOf(Math.max(...classes)));
    }
  });
});

/** A picture whose middle is this one, as large as the network's preparation takes away: what is around it counts for nothing. */
function enlarged(picture: Pixels): Pixels {
  const side = 256;
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  const from = Math.round((side - picture.width) / 2 - 0.01);
  for (let y = 0; y < picture.height; y++) {
    data.set(picture.data.subarray(4 * y * picture.width, 4 * (y + 1) * picture.width), 4 * ((y + from) * side + from));
  }
  return { width: side, height: side, data };
}
