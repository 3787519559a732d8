/** What the catalogue says of a model: where its files are, how a picture becomes its input, what its outputs mean. */
import type { Preprocessing } from '../vision/picture-spec.ts';

/** A file at a fixed address, pinned by its checksum. */
export interface PinnedFile {
  readonly url: string;
  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** A file that lies inside another one, as Emscripten's packager joins them. */
export interface FilePart {
  /** What it was called before it was joined. */
  readonly name: string;
  /** Its first byte, and the one behind its last. */
  readonly start: number;
  readonly end: number;
  /** Of these bytes. */
  readonly sha256: string;
}

/** Where a model's files are. */
export type CatalogueSource =
  | {
      readonly kind: 'npm';
      readonly package: string;
      /** The version that was checked. */
      readonly version: string;
      /** Main file inside the package; its weight shards lie beside it. */
      readonly path: string;
      /** Of the main file. */
      readonly sha256: string;
      /** The same of what a script holds that wraps the main file, written as JSON. */
      readonly unwrapped?: string;
      /** Where in the file the model lies, if the file holds several. */
      readonly part?: FilePart;
      /** Files the main one needs, as they are called beside it. */
      readonly companions?: readonly { readonly name: string; readonly sha256: string }[];
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

/**
 * What a model is for. Landmarks and attributes are read from a part of a picture that another model found, and refinement says
 * whether that is one: see `parts` of an entry.
 */
export type CatalogueTask =
  | 'classification'
  | 'detection'
  | 'segmentation'
  | 'matting'
  | 'upscaling'
  | 'text-detection'
  | 'face-detection'
  | 'face-refinement'
  | 'face-landmarks'
  | 'iris-landmarks'
  | 'face-attributes'
  | 'hand-detection'
  | 'hand-landmarks'
  | 'pose'
  | 'pose-landmarks';

/** One model. */
export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly task: CatalogueTask;
  /** Other tasks that it does as well. */
  readonly also?: readonly CatalogueTask[];
  readonly source: CatalogueSource;
  readonly format: CatalogueFormat;
  /** Absent where the outputs are not classes, or the model's own file names them. */
  readonly labels?: CatalogueLabels;
  /** Absent where the input is more, or less, than a picture of three channels: `notes` says what it is. */
  readonly preprocessing?: Preprocessing;
  /** What the output holds: `probabilities` sum to 1, `logits` want a softmax, `notes` says what `decoded` and `raw` ones are. */
  readonly outputs: 'probabilities' | 'logits' | 'decoded' | 'raw';
  /** What outputs that are no classes mean, by the name of a head. */
  readonly decode?: string;
  /** Models that go on where this one ends, by what they are for and their names in the catalogue. */
  readonly parts?: Readonly<Partial<Record<'landmarks' | 'iris' | 'rnet' | 'onet', string>>>;
  /** The layout of outputs that are not one score a class. */
  readonly notes?: string;
  /** SPDX identifier. */
  readonly licence: string;
  /** The model that its tasks take when none is named: one entry a task. */
  readonly default?: true;
}
