/** Where a command runs its model: the backend that was named, or the fastest there is. */
import { DeviceError } from '../core/errors.ts';
import { openGpu, type OpenedGpu } from '../node/adapter.ts';
import { startThread } from '../node/thread.ts';
import type { TuningOptions } from '../measure/tuning.ts';
import type { SessionOptions } from '../session/options.ts';

/** Options that say where a model runs. */
export interface DeviceOptions {
  readonly backend: NonNullable<SessionOptions['backend']>;
  readonly adapter?: string;
  readonly tune?: TuningOptions['tune'];
  readonly precision?: SessionOptions['precision'];
  readonly weightStorage?: SessionOptions['weightStorage'];
  readonly threads?: number;
}

/** A backend, and its adapter where it is a GPU's. */
export interface CommandPlace {
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  /** Why, where the command line left it open; else null. */
  readonly choice: string | null;
  /** The driver's name for the adapter; null on the CPU. */
  readonly adapter: string | null;
  /** Where the driver came from; null on the CPU. */
  readonly adapterSource: string | null;
}

/** A place, and the adapter that sessions are to take. */
export interface FoundPlace extends CommandPlace {
  readonly gpu: GPUAdapter | undefined;
}

/**
 * Finds it. Who names an adapter, float16 or tuning means WebGPU. Rejects as `openGpu` does where that was asked for or meant.
 */
export async function findPlace(device: DeviceOptions): Promise<FoundPlace> {
  const { backend, adapter, precision, tune } = device;
  if (backend === 'wasm' || backend === 'cpu') return onHost(backend, null);
  const named = adapter ?? process.env['TILEWISE_ADAPTER'];
  if (backend === 'webgpu' || named || precision === 'float16' || tune === 'full') {
    return onGpu(await openGpu({ adapter }), null);
  }
  try {
    return onGpu(await openGpu({ adapter: 'hardware' }), 'there is a hardware adapter');
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return onHost('wasm', 'there is no hardware adapter');
  }
}

/** What `--threads` comes to: Node starts threads in its own way. */
export function threadOptions({
  threads,
}: Pick<DeviceOptions, 'threads'>): Pick<SessionOptions, 'threads' | 'startThread'> {
  return threads === undefined ? {} : { threads, startThread };
}

/** As people call it. */
export function placeText({ backend, choice, adapter, adapterSource }: CommandPlace): string {
  if (backend === 'webgpu') return `${adapter} (${adapterSource})`;
  return backend === 'cpu' ? 'the CPU reference' : `the CPU, by WASM${choice === null ? '' : ` (${choice})`}`;
}

function onGpu({ adapter, description }: OpenedGpu, choice: string | null): FoundPlace {
  const { name, source } = description;
  return { backend: 'webgpu', choice, adapter: name, adapterSource: source, gpu: adapter };
}

function onHost(backend: 'wasm' | 'cpu', choice: string | null): FoundPlace {
  return { backend, choice, adapter: null, adapterSource: null, gpu: undefined };
}
