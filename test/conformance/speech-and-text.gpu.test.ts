/** Networks that listen and read, as packages on npm ship them: both backends beside onnxruntime. Skipped where they cannot be had. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf, zeros, type Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from '../helpers/close.ts';
import { packagedBytes } from '../helpers/npm-cache.ts';
import { withOrt } from '../helpers/ort-oracle.ts';
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
