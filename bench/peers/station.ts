/** One engine with one model, inside its own process or page: starts cold once, then runs on demand. */
import { ENGINES, type EngineName, type Flavour } from './engines.ts';
import { RUNTIMES } from './runtimes/index.ts';
import type { Host, Loaded, PeerFiles } from './runtimes/runtime.ts';

/** Which engine a station holds. */
export interface StationConfig {
  readonly engine: EngineName;
  readonly flavour: Flavour;
  /** The network is one on integers. */
  readonly quantised: boolean;
}

/** What the start took and gave; plain data. Milliseconds of wall clock. */
export interface Started {
  /** Importing the library's code, which a page would have done before it has a model. */
  readonly importMs: number;
  /** From the model's bytes in memory to the first output on the host: device, WASM instance, weights, shaders, one run. */
  readonly coldMs: number;
  readonly output: readonly number[];
  readonly version: string;
  readonly threads: number;
  readonly note?: string;
}

/** One run, upload and readback included. */
export interface Ran {
  readonly ms: number;
  readonly output: readonly number[];
}

/** Holds the loaded model between calls. */
export class Station {
  #loaded: Loaded | undefined;

  /** Imports, loads, runs once. */
  async start({ engine, flavour, quantised }: StationConfig, files: PeerFiles, host: Host): Promise<Started> {
    const { runtime, backend } = ENGINES[engine];
    const begin = performance.now();
    const importRuntime = await RUNTIMES[runtime]();
    const { load, fallBack } = await importRuntime({ backend, flavour }, host);
    const imported = performance.now();
    this.#loaded = await load(files);
    const output = await this.#loaded.run();
    const end = performance.now();
    const { version, threads, note = quantised ? await fallBack?.(files) : undefined } = this.#loaded;
    return {
      importMs: imported - begin,
      coldMs: end - imported,
      output: Array.from(output),
      version,
      threads,
      ...(note === undefined ? {} : { note }),
    };
  }

  /** Runs once more. */
  async run(): Promise<Ran> {
    if (!this.#loaded) throw new Error('not started');
    const begin = performance.now();
    const output = await this.#loaded.run();
    return { ms: performance.now() - begin, output: Array.from(output) };
  }
}
