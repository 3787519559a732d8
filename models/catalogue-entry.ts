/** What the catalogue says of a model: where its files are, how a picture becomes its input, what its outputs mean. */

/** A file at a fixed address, pinned by its checksum. */
export interface PinnedFile {
  readonly url: string;
  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Where a model's files are. */
export type CatalogueSource =
  | {
      readonly kind: 'npm';
      readonly package: string;
      /** Main file inside the package; its weight shards lie beside it. */
      readonly path: string;
    }
  | (PinnedFile & {
      readonly kind: 'url';
      /** Files the main one needs, by the name they are asked for. */
      readonly companions?: readonly (PinnedFile & { readonly name: string })[];
    });

/** Class names: in place, or a text file with one a line (`synset` lines begin with a WordNet id to drop). */
export type CatalogueLabels = readonly string[] | (PinnedFile & { readonly format: 'lines' | 'synset' });

/** Formats of published models; those the engine has no importer for are refused by name when opened. */
export type CatalogueFormat = 'onnx' | 'tfjs-graph' | 'tfjs-layers' | 'tflite' | 'ncnn' | 'caffe';

/** How a picture becomes the input: the fields of `src/vision/preprocess.ts`. */
export interface Preprocessing {
  readonly width: number;
  readonly height: number;
  /** `stretch` ignores the aspect ratio, `cover` crops to it, `contain` pads to it. */
  readonly fit: 'stretch' | 'cover' | 'contain';
  readonly resize: { readonly method: 'bilinear' | 'nearest'; readonly alignCorners: boolean };
  readonly channelOrder: 'rgb' | 'bgr';
  /** Per channel, in the order above: (value in 0…255 − mean) / std. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly layout: 'nhwc' | 'nchw';
  readonly dtype: 'float32' | 'int32' | 'uint8';
}

/** What a model is for. */
export type CatalogueTask = 'classification' | 'detection' | 'face-detection' | 'pose';

/** One model. */
export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly task: CatalogueTask;
  readonly source: CatalogueSource;
  readonly format: CatalogueFormat;
  /** Absent where the outputs are not classes. */
  readonly labels?: CatalogueLabels;
  readonly preprocessing: Preprocessing;
  /** What the output holds: `probabilities` sum to 1, `logits` want a softmax, `decoded` is said in `notes`. */
  readonly outputs: 'probabilities' | 'logits' | 'decoded' | 'raw';
  /** The layout of outputs that are not one score a class. */
  readonly notes?: string;
  /** SPDX identifier. */
  readonly licence: string;
  /** The model used when none is named: exactly one entry. */
  readonly default?: true;
}
