/** What the options of an onnxruntime session mean to tilewise. */
import { InputError } from '../core/errors.ts';
import type { Graph } from '../ir/graph.ts';
import { own } from '../util/own.ts';
import type { ExecutionProvider, OrtRunOptions, OrtSessionOptions } from './session-types.ts';

/** Where a session may run. */
export interface ExecutionPlace {
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  /** Only on an adapter that is no program. */
  readonly isHardware?: boolean;
  /** A device given with the provider. */
  readonly device?: GPUDevice;
}

/** Places in the order of preference. */
export type ExecutionPlaces = readonly [ExecutionPlace, ...ExecutionPlace[]];

/** What `auto` is of a session, on the device that all share. */
const AUTO: ExecutionPlaces = [{ backend: 'webgpu', isHardware: true }, { backend: 'wasm' }];

/**
 * Those that are listed; providers tilewise does not have are passed over, as onnxruntime-web passes over those it was built
 * without. Throws InputError when none is left. Without a list, `auto`, unless something `meansGpu`: settings, or outputs that
 * are to stay there.
 */
export function executionPlacesOf(options: OrtSessionOptions, meansGpu: boolean): ExecutionPlaces {
  const { executionProviders } = options;
  if (executionProviders === undefined) {
    const isGpu = meansGpu || outputLocations(options).includes('gpu-buffer');
    return isGpu ? [{ backend: 'webgpu' }] : AUTO;
  }
  const [first, ...others] = executionProviders.flatMap(placeOf);
  if (first) return [first, ...others];
  const names = executionProviders.map(nameOf).join(', ') || '(none given)';
  throw new InputError(`tilewise has none of the execution providers ${names}`, {
    hint: 'It has webgpu, wasm, and its plain reference under the name cpu',
  });
}

function placeOf(provider: ExecutionProvider): ExecutionPlace[] {
  const backend = nameOf(provider);
  if (backend === 'webgpu') return [{ backend, ...deviceOf(provider) }];
  return backend === 'wasm' || backend === 'cpu' ? [{ backend }] : [];
}

function nameOf(provider: ExecutionProvider): string {
  return typeof provider === 'string' ? provider : provider.name;
}

function deviceOf(provider: ExecutionProvider): { device?: GPUDevice } {
  if (typeof provider !== 'object' || !('device' in provider) || provider.device === undefined) return {};
  return { device: requireDevice(provider.device) };
}

/** Throws InputError for what is no WebGPU device. */
export function requireDevice(given: unknown): GPUDevice {
  if (isDevice(given)) return given;
  throw new InputError('what was given as a device is none', { hint: 'Pass a GPUDevice' });
}

function isDevice(given: unknown): given is GPUDevice {
  if (typeof given !== 'object' || given === null || !('queue' in given)) return false;
  return 'createBuffer' in given && typeof given.createBuffer === 'function';
}

/** Throws InputError for options that ask for what tilewise does not do. */
export function checkSessionOptions(options: OrtSessionOptions, { backend }: ExecutionPlace): void {
  if (options.optimizedModelFilePath !== undefined) {
    throw new InputError('tilewise writes no optimised models', { hint: 'Leave optimizedModelFilePath out' });
  }
  for (const location of outputLocations(options)) {
    if (location !== 'cpu' && location !== 'cpu-pinned' && location !== 'gpu-buffer') {
      throw new InputError(`outputs cannot be left in a place called "${location}"`, { hint: 'Use cpu or gpu-buffer' });
    }
    if (location === 'gpu-buffer' && backend !== 'webgpu') {
      throw new InputError('outputs cannot be left in GPU buffers by a session on the CPU', {
        hint: "Create it with executionProviders: ['webgpu']",
      });
    }
  }
}

function outputLocations({ preferredOutputLocation: wanted }: OrtSessionOptions): string[] {
  return typeof wanted === 'object' ? Object.values(wanted) : wanted ? [wanted] : [];
}

/** Throws InputError for options of a run that would change what comes out, and cannot be followed. */
export function checkRunOptions(options: OrtRunOptions): void {
  if (options.terminate) {
    throw new InputError('a run cannot be told to terminate', { hint: 'Leave terminate out; release() ends all runs' });
  }
}

/** True when this output is to stay on the GPU. */
export function staysOnGpu(name: string, { preferredOutputLocation }: OrtSessionOptions): boolean {
  const location =
    typeof preferredOutputLocation === 'object' ? own(preferredOutputLocation, name) : preferredOutputLocation;
  return location === 'gpu-buffer';
}

/** The graph with the symbolic dimensions of its inputs that have an override. Throws InputError for no extent. */
export function override(graph: Graph, { freeDimensionOverrides = {} }: OrtSessionOptions): Graph {
  for (const [name, extent] of Object.entries(freeDimensionOverrides)) {
    if (Number.isSafeInteger(extent) && extent > 0) continue;
    throw new InputError(`the dimension "${name}" cannot be ${extent}`, { hint: 'Extents are positive integers' });
  }
  const extentOf = (dim: number | string): number | string =>
    typeof dim === 'number' ? dim : (own(freeDimensionOverrides, dim) ?? dim);
  return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, shape: input.shape.map(extentOf) })) };
}
