/** What every library looks like to the benchmark, and what the place it runs in offers it. */
import type { SessionOptions } from '../../../src/index.ts';
import type { Engine, Flavour, Where } from '../engines.ts';

/** A model's files in memory, and the one input in both layouts. */
export interface PeerFiles {
  readonly onnx: Uint8Array;
  readonly tfjsJson: Uint8Array;
  readonly tfjsWeights: Uint8Array;
  readonly tflite: Uint8Array;
  /** `[N, H, W, C]`. */
  readonly inputShape: readonly number[];
  readonly inputLast: Float32Array;
  readonly inputFirst: Float32Array;
}

/** The process or page an engine runs in. */
export interface Host {
  readonly where: Where;
  /** Threads a WASM engine may use. */
  readonly threads: number;
  /** URL that `import()` takes of a file below `node_modules`. */
  readonly module: (path: string) => string;
  /** The same file as engines load it themselves: a path in Node, a URL in a page. */
  readonly asset: (path: string) => string;
  /** Bytes of a file below `node_modules`. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Where tilewise gets its adapter. */
  readonly adapter: () => Promise<GPUAdapter | null>;
  /** tilewise as it is published. */
  readonly engine: () => Promise<Pick<typeof import('../../../src/index.ts'), 'Session'>>;
  /** How it starts its threads, where there are no Workers of a page. */
  readonly startThread?: SessionOptions['startThread'];
}

/** Which part of a library to use. */
export interface Choice {
  readonly backend: Engine['backend'];
  readonly flavour: Flavour;
}

/** A library that has been imported. */
export interface Imported {
  /** From the bytes of a model to something that runs; opens the device. */
  readonly load: (files: PeerFiles) => Promise<Loaded>;
  /** What of a model an engine for the GPU leaves to the CPU, where it does not say so itself; undefined where nothing is. */
  readonly fallBack?: (files: PeerFiles) => Promise<string | undefined>;
}

/** A model ready to run. */
export interface Loaded {
  /** Uploads the input, runs, reads the output back. */
  readonly run: () => Promise<Float32Array>;
  /** Library, version, and which engine or build of it. */
  readonly version: string;
  /** Threads it computes with, on the CPU. */
  readonly threads: number;
  /** What a reader of the row should know. */
  readonly note?: string;
}

/** Imports a library. */
export type ImportRuntime = (choice: Choice, host: Host) => Promise<Imported>;
