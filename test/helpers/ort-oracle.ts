/** onnxruntime-web (WASM, one thread, graph optimisation off unless wanted) as an independent oracle in Node. */
import * as ort from 'onnxruntime-web/wasm';
import { isDType, hostArray, type DType } from '../../src/core/dtype.ts';
import { fromRaw, toRaw, narrow } from '../../src/core/raw.ts';
import type { Tensor } from '../../src/core/tensor.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/**
 * Runs an ONNX model. Feeds and results are engine tensors: int64 in an Int32Array, float16 in a Float32Array, bool
 * in a Uint8Array. Rejects with onnxruntime's own message when it cannot load or run the model.
 */
export async function ortRun(
  model: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
  graphOptimizationLevel: 'disabled' | 'all' = 'disabled',
): Promise<Map<string, Tensor>> {
  return withOrt(model, (run) => run(feeds), graphOptimizationLevel);
}

/** Runs a model loaded once. */
export type OrtRun = (feeds: ReadonlyMap<string, Tensor>) => Promise<Map<string, Tensor>>;

/** Loads an ONNX model, for `work` to run as often as it likes. Rejects as `ortRun` does. */
export async function withOrt<T>(
  model: Uint8Array,
  work: (run: OrtRun) => Promise<T>,
  graphOptimizationLevel: 'disabled' | 'all' = 'disabled',
): Promise<T> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel,
    logSeverityLevel: 3,
  });
  try {
    return await work(async (feeds) => {
      const results = await session.run(Object.fromEntries([...feeds].map(([name, t]) => [name, toOrt(t)])));
      return new Map(session.outputNames.map((name) => [name, fromOrt(name, results[name])]));
    });
  } finally {
    await session.release();
  }
}

function toOrt(t: Tensor): ort.Tensor {
  const { buffer } = toRaw(t);
  const dims = [...t.shape];
  switch (t.dtype) {
    case 'float16':
      return new ort.Tensor('float16', new Uint16Array(buffer), dims);
    case 'int64':
      return new ort.Tensor('int64', new BigInt64Array(buffer), dims);
    case 'bfloat16':
      throw new Error('onnxruntime-web takes no bfloat16 tensors: cast inside the model');
    case 'uint64':
      return new ort.Tensor('uint64', new BigUint64Array(buffer), dims);
    case 'uint16':
      return new ort.Tensor('uint16', new Uint16Array(buffer), dims);
    case 'float32':
      return new ort.Tensor('float32', new Float32Array(buffer), dims);
    case 'int32':
      return new ort.Tensor('int32', new Int32Array(buffer), dims);
    case 'uint32':
      return new ort.Tensor('uint32', new Uint32Array(buffer), dims);
    case 'int16':
      return new ort.Tensor('int16', new Int16Array(buffer), dims);
    case 'int8':
      return new ort.Tensor('int8', new Int8Array(buffer), dims);
    case 'uint8':
      return new ort.Tensor('uint8', new Uint8Array(buffer), dims);
    case 'bool':
      return new ort.Tensor('bool', new Uint8Array(buffer), dims);
  }
}

function fromOrt(name: string, value: ort.Tensor | undefined): Tensor {
  if (!value) throw new Error(`onnxruntime gave no output "${name}"`);
  if (!isDType(value.type)) throw new Error(`output "${name}" has type ${value.type}`);
  const dtype: DType = value.type;
  const { data } = value;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return { dtype, shape: value.dims, data: narrow(data, () => {}) };
  }
  if (dtype === 'float16' && ArrayBuffer.isView(data)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return fromRaw(dtype, value.dims, bytes);
  }
  const copy = hostArray(dtype, data.length);
  for (let i = 0; i < data.length; i++) copy[i] = Number(data[i]);
  return { dtype, shape: value.dims, data: copy };
}
