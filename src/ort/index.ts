/**
 * `tilewise/ort`: tilewise behind the `InferenceSession` and `Tensor` of onnxruntime-common, so that a page moves over by
 * changing one import. In Node `src/node/ort.ts` stands in its place, which reads paths too.
 *
 * @module tilewise/ort
 */
import { toModelFiles } from '../session/model-source.ts';
import { createOrt } from './create-ort.ts';
import type { Env } from './env.ts';
import type * as types from './session-types.ts';
import { Tensor } from './tensor.ts';

export { Tensor };
export type { Env, ProfilingData, WebGpuSettings } from './env.ts';
export type * from './tensor-types.ts';
export type * from './session-types.ts';

const ort = createOrt({
  open: toModelFiles,
  adapter: async (settings) =>
    typeof navigator !== 'undefined' && 'gpu' in navigator ? navigator.gpu.requestAdapter(settings) : null,
});

/** Settings for all sessions. */
export const env: Env = ort.env;

/** A model, ready to run. */
export type InferenceSession = types.OrtSession;

/** The types that belong to sessions. */
export declare namespace InferenceSession {
  type SessionOptions = types.OrtSessionOptions;
  type RunOptions = types.OrtRunOptions;
  type FeedsType = types.TensorMap;
  type FetchesType = types.Fetches;
  type OnnxValueMapType = types.TensorMap;
  type ReturnType = types.TensorMap;
  type ExecutionProviderConfig = types.ExecutionProvider;
  type TensorValueMetadata = types.TensorMetadata;
  type ValueMetadata = types.TensorMetadata;
}

/** Makes sessions: `await InferenceSession.create('model.onnx', { executionProviders: ['webgpu'] })`. */
export const InferenceSession: types.OrtSessionFactory = ort.InferenceSession;

export default { InferenceSession, Tensor, env };
