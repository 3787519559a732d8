/** All targets, loaded when they are wanted. */
import type { FuzzTarget } from '../target.ts';

const TARGETS = {
  onnx: async () => (await import('./onnx.ts')).onnx,
  generated: async () => (await import('./generated.ts')).generated,
  tfjs: async () => (await import('./tfjs.ts')).tfjs,
  scripts: async () => (await import('./scripts.ts')).scripts,
  tflite: async () => (await import('./tflite.ts')).tflite,
  ncnn: async () => (await import('./ncnn.ts')).ncnn,
  caffe: async () => (await import('./caffe.ts')).caffe,
  safetensors: async () => (await import('./safetensors.ts')).safetensors,
  pictures: async () => (await import('./pictures.ts')).pictures,
  command: async () => (await import('./command.ts')).command,
  ort: async () => (await import('./ort.ts')).ort,
  wasm: async () => (await import('./networks.ts')).wasm,
  networks: async () => (await import('./networks.ts')).networks,
} satisfies Record<string, () => Promise<FuzzTarget>>;

/** Name of a target. */
export type TargetName = keyof typeof TARGETS;

/** All of them, in the order they run. */
export const TARGET_NAMES = Object.keys(TARGETS) as readonly TargetName[];

/** Loads one. */
export function loadTarget(name: TargetName): Promise<FuzzTarget> {
  return TARGETS[name]();
}
