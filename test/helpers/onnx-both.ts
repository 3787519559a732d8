/** Small ONNX models on the CPU and on the GPU, beside onnxruntime or what a test computes: for files of the project `gpu`. */
import { afterAll, beforeAll, expect } from 'vitest';
import { floatTolerance, type Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { fromRaw, toRaw } from '../../src/core/raw.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from './close.ts';
import { encodeModel, type OnnxModel } from './onnx-bytes.ts';
import { ortRun } from './ort-oracle.ts';

/** What a comparison may be told. */
export interface BothOptions {
  /** Terms that add up in one element of a result; 16 where absent. */
  readonly terms?: number;
  /** What the outputs are, where onnxruntime lacks the model or has it otherwise than its text. */
  readonly plain?: Readonly<Record<string, Tensor>>;
}

/** Runs a model on both backends and compares every output. */
export type AgreeOnBoth = (
  model: OnnxModel,
  feeds: Readonly<Record<string, Tensor>>,
  options?: BothOptions,
) => Promise<void>;

/** To be called once in a test file, outside of tests: opens a device before them. */
export function openBoth(): AgreeOnBoth {
  let gpu: GPUDevice;
  beforeAll(async () => {
    gpu = await requestDevice((await openGpu()).adapter);
  });
  afterAll(() => gpu.destroy());
  return async (model, given, { terms = 16, plain } = {}) => {
    const bytes = encodeModel(model);
    const feeds = Object.fromEntries(Object.entries(given).map(([name, t]) => [name, asPort(t)]));
    const expected = plain ? new Map(Object.entries(plain)) : await ortRun(bytes, new Map(Object.entries(feeds)));
    const inputShapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
    for (const options of [{ backend: 'cpu' }, { backend: 'webgpu', gpu }] as const) {
      using session = await Session.create(bytes, { ...options, inputShapes });
      const got = await session.run(feeds);
      expect(Object.keys(got), options.backend).toEqual([...expected.keys()]);
      for (const [name, want] of expected) {
        const actual = got[name];
        if (!actual) throw new Error(`${options.backend} gave no output ${name}`);
        expectClose(actual, want, toleranceOf(want, terms), `${options.backend}, ${name}`);
      }
    }
  };
}

/** Two orders of rounding may end on neighbouring halves. */
function toleranceOf({ dtype }: Tensor, terms: number): Tolerance {
  if (dtype === 'float16') return { rtol: 2 ** -9, atol: 2 ** -12 };
  return isFloat(dtype) ? floatTolerance(terms) : { rtol: 0, atol: 0 };
}

/** Float16 ones as the engine's border rounds them. */
function asPort(t: Tensor): Tensor {
  return t.dtype === 'float16' ? fromRaw(t.dtype, t.shape, toRaw(t)) : t;
}
