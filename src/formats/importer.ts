/** What a format importer is, and how it reaches the files of a model. */
import type { Graph } from '../ir/graph.ts';

/** A named file in memory. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files of one model: the main one, and a way to read those it names (external data, weight shards). */
export interface ModelFiles {
  readonly main: ModelFile;
  /** Reads a file named relative to the main one. Rejects with LoadError when there is none. */
  readonly read: (name: string) => Promise<Uint8Array>;
}

/** Names of the formats, as `inspect` prints them. */
export type FormatName = 'onnx' | 'tfjs-graph' | 'tfjs-layers' | 'safetensors';

/** One model format. */
export interface Importer {
  readonly format: FormatName;
  /** True when these bytes look like the format: by content, never by file name. */
  readonly recognise: (bytes: Uint8Array) => boolean;
  /**
   * Builds the graph. Rejects with ImportError on invalid bytes, UnsupportedError listing every operator or attribute
   * the engine lacks, GraphError on a malformed graph.
   */
  readonly load: (files: ModelFiles) => Promise<Graph>;
  /**
   * For formats whose main file describes the network and whose weights lie in others: the graph with zeros for weights,
   * so that its shaders can be compiled while the weights are still on their way. Rejects as `load` does.
   */
  readonly sketch?: (main: ModelFile) => Promise<Graph>;
}
