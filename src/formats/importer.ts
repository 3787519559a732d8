/** What a format importer is, and how it reaches the files of a model. */
import type { Graph, GraphInput, InputShapes } from '../ir/graph.ts';

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
  /** The weights of a network whose file does not name them, where the caller does: else they are called as it is, and lie beside it. */
  readonly weights?: ModelFile;
  /** To be told, once it is known, how many bytes of further files will be read. */
  readonly expect?: (bytes: number) => void;
}

/** Names of the formats, as `inspect` prints them. */
export type FormatName = 'onnx' | 'tfjs-graph' | 'tfjs-layers' | 'tflite' | 'caffe' | 'ncnn' | 'safetensors';

/** What a model file holds. */
export interface ImportedModel {
  readonly graph: Graph;
  /**
   * Inputs and outputs as the file declares them, by name, with an empty list of extents where it gives none and `''` for
   * an extent it leaves unnamed. Those whose type the file does not say, or the engine does not hold, are missing.
   */
  readonly declared: ReadonlyMap<string, GraphInput>;
  /** What the file says about itself, as text: who made it, and the entries its author gave it. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Sentences on what of the file the graph lacks, or has otherwise; absent where there are none. */
  readonly warnings?: readonly string[];
  /** What the file calls the use of it that was read, where it has names for them; and all these names. */
  readonly signature?: string;
  readonly signatures?: readonly string[];
  /** Names of the classes, where the file has them; they go with the graph, too. */
  readonly labels?: readonly string[];
}

/** What a caller knows of a model that its file may not say. */
export interface ImportOptions {
  /** Shapes whose ranks inputs of unknown rank get; functions of the inputs are of no use before these are known. */
  readonly inputShapes?: InputShapes | ((inputs: readonly GraphInput[]) => InputShapes);
  /** For TensorFlow Lite: as the runtime that is shipped rounds integers (the default), or as the reference kernels do. */
  readonly rounding?: 'shipped' | 'reference';
  /** For TensorFlow Lite: which of a file's signatures to read; `serving_default` or else the first subgraph's unless given. */
  readonly signature?: string;
}

/** What a caller chooses of a file, which few formats leave a choice of. */
export type Choices = Pick<ImportOptions, 'rounding' | 'signature'> & { readonly weights?: unknown };

/** One model format. */
export interface Importer {
  readonly format: FormatName;
  /** How names of main files end, in lower case, the usual one first. A file is recognised by its content all the same. */
  readonly extensions: readonly string[];
  /** True of formats whose files leave a choice to the caller: of `rounding`, and of `signature`. */
  readonly chooses?: boolean;
  /** True of formats whose weights are a file of their own that the main one does not name: the option `weights` may. */
  readonly separateWeights?: boolean;
  /** True when these bytes look like the format: by content, never by file name. */
  readonly recognise: (bytes: Uint8Array) => boolean;
  /**
   * Reads the model. Rejects with ImportError on invalid bytes, UnsupportedError listing every operator or attribute
   * the engine lacks, GraphError on a malformed graph.
   */
  readonly load: (files: ModelFiles, options?: ImportOptions) => Promise<ImportedModel>;
  /**
   * For formats whose main file describes the network and whose weights lie in others: the graph with zeros for weights,
   * so that its shaders can be compiled while the weights are still on their way. Rejects as `load` does.
   */
  readonly sketch?: (main: ModelFile, options?: ImportOptions) => Promise<Graph>;
}
