/** What loading a model reports at its end: the times of its stages, and facts. */
import type { FormatName } from '../formats/importer.ts';
import type { TuningReport } from '../measure/tuning.ts';

/**
 * Times and facts of a load, in milliseconds of wall clock. Stages overlap, so that their sum may exceed `totalMs`: the
 * device opens while the model is fetched and parsed, and shaders compile while weights are uploaded.
 */
export interface LoadReport {
  readonly format: FormatName | 'graph';
  /** Sentences on what of the file the model lacks, or has otherwise: outputs that are no tensors, say. */
  readonly warnings: readonly string[];
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  readonly adapter: string;
  /** Why it runs there, where the session chose: absent where the caller did. */
  readonly choice?: string;
  /** Fetching the main file; companions that it names count as parsing. */
  readonly downloadMs: number;
  /** Reading the bytes and building the graph. */
  readonly parseMs: number;
  /** Opening the device. */
  readonly deviceMs: number;
  /** Shape inference and passes. */
  readonly passesMs: number;
  /** Choosing kernels, laying out memory, writing shaders. */
  readonly planMs: number;
  /** Compiling pipelines, as far as the driver does that before they run. */
  readonly compileMs: number;
  /** Handing the weights to the device. */
  readonly uploadMs: number;
  /** What tuning looked up and measured; absent when it is off, and on the CPU. */
  readonly tuning?: TuningReport;
  /** Operators that ran through their references, since the backend `wasm` has no kernel for them or their types; absent elsewhere. */
  readonly byReference?: readonly string[];
  /** From the call to a session that is ready. */
  readonly totalMs: number;
  /** The first run, in which many drivers do the rest of their compiling; absent before it. */
  readonly firstRunMs?: number;
}

/** What making a graph ready for one set of input shapes took, and what tuning did for it. */
export type PrepareReport = Pick<
  LoadReport,
  'passesMs' | 'planMs' | 'compileMs' | 'uploadMs' | 'tuning' | 'byReference'
>;

/** Where nothing is compiled before the first run. */
export const NOTHING_PREPARED: PrepareReport = { passesMs: 0, planMs: 0, compileMs: 0, uploadMs: 0 };
