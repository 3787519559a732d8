/** The engines of the comparison: what each is made of and where it can run. */

/** Names as the results have them. */
export const ENGINE_NAMES = [
  'tilewise-webgpu',
  'tilewise-wasm',
  'tilewise-cpu',
  'ort-web-webgpu',
  'ort-web-wasm',
  'tfjs-webgpu',
  'tfjs-wasm',
  'litert-webgpu',
  'litert-wasm',
] as const;

/** Name of an engine. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Where an engine runs. */
export type Where = 'node' | 'chromium';

/** Which library, and on what of it. */
export interface Engine {
  readonly runtime: RuntimeName;
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  /**
   * Builds or engines inside the library that give the same answers at different speeds; all are measured, and the
   * fastest one that agrees is the one reported. At least one, per place.
   */
  readonly flavours: Readonly<Record<Where, readonly Flavour[]>>;
}

/** Libraries, each with a file in `runtimes/`. */
export type RuntimeName = 'tilewise' | 'ort' | 'tfjs' | 'litert';

/** `jsep` and `native` are onnxruntime-web's two WebGPU engines: kernels in TypeScript, and in C++ compiled to WASM. */
export type Flavour = 'only' | 'jsep' | 'native';

/** The flavours that are measured: on integers, of onnxruntime-web's engines on the GPU the one that is still worked on. */
export function flavoursOf(engine: EngineName, where: Where, quantised: boolean): readonly Flavour[] {
  return quantised && engine === 'ort-web-webgpu' ? ['native'] : ENGINES[engine].flavours[where];
}

const ONLY = { node: ['only'], chromium: ['only'] } as const;

/** The engines by name. */
export const ENGINES: { readonly [N in EngineName]: Engine } = {
  'tilewise-webgpu': { runtime: 'tilewise', backend: 'webgpu', flavours: ONLY },
  'tilewise-wasm': { runtime: 'tilewise', backend: 'wasm', flavours: ONLY },
  'tilewise-cpu': { runtime: 'tilewise', backend: 'cpu', flavours: ONLY },
  'ort-web-webgpu': {
    runtime: 'ort',
    backend: 'webgpu',
    // Each compiles its shaders for a minute on a software adapter in Node, where jsep was 1.7 times as fast as native.
    flavours: { node: ['jsep'], chromium: ['jsep', 'native'] },
  },
  'ort-web-wasm': { runtime: 'ort', backend: 'wasm', flavours: ONLY },
  'tfjs-webgpu': { runtime: 'tfjs', backend: 'webgpu', flavours: ONLY },
  'tfjs-wasm': { runtime: 'tfjs', backend: 'wasm', flavours: ONLY },
  'litert-webgpu': { runtime: 'litert', backend: 'webgpu', flavours: ONLY },
  'litert-wasm': { runtime: 'litert', backend: 'wasm', flavours: ONLY },
};
