/**
 * Dawn (npm `webgpu`) in this process: loading it, and asking it for an adapter with one chosen Vulkan driver.
 *
 * The Vulkan loader reads its driver list from the environment each time an instance is made, and Node's `process.env`
 * writes through to the C environment, so a driver can be chosen per request without restarting the process.
 */
import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { DeviceError } from '../core/errors.ts';
import { noteWgslFeatures } from '../core/wgsl-features.ts';
import { weighDevices } from './adapter-ballast.ts';
import { howToInstall } from './packages.ts';

/** The environment variables that name driver manifests: the current one, and the one loaders before 1.3.207 read. */
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;

/** Names drivers beside those the loader finds by itself. */
const ADDED_DRIVERS = 'VK_ADD_DRIVER_FILES';

/** glibc's RTLD_NODELETE, which `os.constants.dlopen` lacks: the library stays although Node closes its handle. */
const RTLD_NODELETE = 0x1000;

/** An adapter together with the Dawn instance that must outlive it. */
export interface DawnAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

interface Dawn {
  create(options: string[]): GPU;
  readonly globals: object;
}

/**
 * One instance of Dawn for each choice of drivers, for as long as the process lives: each has threads of its own that end with
 * nothing but the process, and Dawn crashes when a GPU object is collected while its adapters or devices live.
 */
const instances = new Map<string, GPU>();

/**
 * Loads Dawn and defines the WebGPU globals (`GPUBufferUsage`, `GPUMapMode` …) where they are missing.
 * Throws DeviceError `NO_DEVICE` when the optional package is absent or has no build for this platform.
 */
export async function loadDawn(): Promise<Dawn> {
  let dawn: Dawn;
  try {
    dawn = await import('webgpu');
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    throw new DeviceError(
      'NO_DEVICE',
      `WebGPU in Node needs the package "webgpu" (Dawn), which ${absent ? 'is not installed' : 'does not load here'}`,
      {
        hint: absent
          ? howToInstall('webgpu')
          : `It has builds for Linux, macOS and Windows on x64 and arm64 with glibc; this is ${process.platform}-${process.arch}`,
        cause,
      },
    );
  }
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return dawn;
}

/**
 * Asks Dawn for an adapter. With `manifest`, only the Vulkan driver of that ICD manifest is visible; without, all
 * drivers of the system are (or what the caller's own environment names). Gives null when there is none.
 */
export async function requestFrom(dawn: Dawn, manifest?: string): Promise<DawnAdapter | null> {
  // Environment changes are process-wide, so requests queue up, those that make no change included.
  const turn = queue.then(() => (manifest === undefined ? request(dawn) : withDriver(manifest, () => request(dawn))));
  queue = turn.catch(() => undefined);
  return turn;
}

let queue: Promise<unknown> = Promise.resolve();

/** True where choosing a driver through the environment works: Worker threads have a private copy of it. */
export function canChooseDriver(): boolean {
  return process.platform === 'linux' && isMainThread;
}

/**
 * Loads a Vulkan loader, given as a path or as a name to search for, and keeps it loaded. On a system without one this
 * is how Dawn comes by it: Dawn opens `libvulkan.so.1` by name, and the dynamic linker answers with the library of that
 * name that is already there. False when the file cannot be loaded.
 */
export function loadVulkanLoader(file: string): boolean {
  try {
    process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return true;
  } catch (error) {
    // A plain library has no addon entry point; Node says so after loading it, and loading is all that is wanted.
    return error instanceof Error && error.message.includes('did not self-register');
  }
}

/** Timestamps to the nanosecond: pages get them in steps of 65 µs, so that no script can spy on another. */
const EXACT_TIMESTAMPS = 'disable-dawn-features=timestamp_quantization';

async function request(dawn: Dawn): Promise<DawnAdapter | null> {
  const gpu = instanceOf(dawn);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  weighDevices(adapter);
  return { gpu, adapter };
}

/** The instance for the drivers that the environment shows at this moment. */
function instanceOf(dawn: Dawn): GPU {
  const drivers = [...DRIVER_VARIABLES, ADDED_DRIVERS].map((name) => process.env[name] ?? '').join('\0');
  const known = instances.get(drivers);
  if (known) return known;
  const gpu = dawn.create([...(process.platform === 'linux' ? ['backend=vulkan'] : []), EXACT_TIMESTAMPS]);
  instances.set(drivers, gpu);
  noteWgslFeatures(gpu);
  return gpu;
}

async function withDriver<T>(manifest: string, body: () => Promise<T>): Promise<T> {
  const before = DRIVER_VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of DRIVER_VARIABLES) process.env[name] = manifest;
  try {
    return await body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
