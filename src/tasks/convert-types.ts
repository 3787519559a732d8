/** What `convertModel` takes and gives. */
import type { FormatName } from '../formats/importer.ts';
import type { TaskOptions } from './picture-model.ts';

/** Formats that models are written in: `onnx` is the whole network, `safetensors` its weights only. */
export type ConvertFormat = 'onnx' | 'safetensors';

/** Options of `convertModel`; those of a session say how the model is read. */
export interface ConvertOptions extends Pick<
  TaskOptions,
  'signal' | 'allowHosts' | 'inputShapes' | 'rounding' | 'signature' | 'labels' | 'preprocessing' | 'modelBase'
> {
  /** `onnx` unless given. */
  readonly format?: ConvertFormat;
  /**
   * Writes operators on integers that ONNX does not round alike as real numbers between DequantizeLinear and QuantizeLinear: their
   * results may be a step away. Without it they are refused.
   */
  readonly dequantized?: boolean;
}

/** What was written. */
export interface ConvertReport {
  readonly format: ConvertFormat;
  /** What the model was read from. */
  readonly from: FormatName | 'graph';
  readonly bytes: number;
  /** Of ONNX's operators; none of a file of weights. */
  readonly opset: number | null;
  /** Of the file, not of the graph: what the graph has as a field of a node is a node of its own. */
  readonly nodes: number;
  /** Tensors in the file. */
  readonly initializers: number;
  /** Inputs with their extents in the file; a name stands for any. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  /** Tensors that are called otherwise in the file, by what the graph calls them. */
  readonly renamed: Readonly<Record<string, string>>;
  /** What of the model was read otherwise than its file has it. */
  readonly warnings: readonly string[];
}

/** What `convertModel` gives. */
export interface ConvertedModel {
  /** The file. */
  readonly model: Uint8Array;
  readonly report: ConvertReport;
}
