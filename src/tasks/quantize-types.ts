/** What `quantize` takes and gives. */
import type { CalibrationMethod } from '../compress/quantise/calibrate.ts';
import type { QuantisedJudgement } from '../compress/quantise/model.ts';
import type { Feed } from '../session/feeds.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import type { TaskOptions } from './picture-model.ts';

/** What a model is run on while it is calibrated and judged: a picture, or feeds for each of its inputs. */
export type QuantizeExample = PictureSource | PictureFile | Readonly<Record<string, Feed>>;

/** How far `quantize` has come. */
export interface QuantizeProgress {
  readonly stage: 'load' | 'calibrate' | 'judge';
  readonly done: number;
  readonly total: number;
}

/** Options of `quantize`; those of a session say where the model runs meanwhile. */
export interface QuantizeOptions extends Pick<
  TaskOptions,
  | 'backend'
  | 'gpu'
  | 'threads'
  | 'startThread'
  | 'signal'
  | 'inputShapes'
  | 'allowHosts'
  | 'decodePicture'
  | 'labels'
  | 'preprocessing'
  | 'modelBase'
  | 'weights'
> {
  /**
   * At least two examples, like what the model will be run on. Every other one, from the first on, calibrates; the others, and five
   * crops of each picture among them, judge.
   */
  readonly calibrate: Iterable<QuantizeExample>;
  /** How ranges of activations follow from the values seen: `percentile` unless given. */
  readonly method?: CalibrationMethod;
  /** Of `percentile`, how many of a hundred values are kept; 99.99 unless given. */
  readonly percentile?: number;
  /** A scale for each output channel of weights instead of one for all: what networks with depthwise convolutions need. */
  readonly perChannel?: boolean;
  /** Activations as int8 with the zero point 0, instead of uint8 with any. */
  readonly symmetric?: boolean;
  /** Nodes that stay on floats, by name: those with the least signal-to-noise ratio in a report are worth a try. */
  readonly exclude?: readonly string[];
  readonly onProgress?: (progress: QuantizeProgress) => void;
}

/** How a model was quantised, and how near it is to what it was. */
export interface QuantizeReport extends QuantisedJudgement {
  readonly method: CalibrationMethod;
  readonly perChannel: boolean;
  readonly symmetric: boolean;
  readonly excluded: readonly string[];
  /** Examples that the ranges were taken from. */
  readonly calibrated: number;
  /** Bytes of the model as an ONNX file, of floats and of integers. */
  readonly bytes: { readonly before: number; readonly after: number };
}

/** What `quantize` gives. */
export interface QuantizedModel {
  /**
   * An ONNX file (opset 20) with QuantizeLinear and DequantizeLinear pairs, for any runtime; labels and the preparation of pictures
   * are in its metadata.
   */
  readonly model: Uint8Array;
  readonly report: QuantizeReport;
}
