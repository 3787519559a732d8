/** Tasks on pictures in Node: models by path, files of the catalogue from packages and folders, the adapter `openGpu` finds. */
import { findEntry } from '../catalogue/catalogue.ts';
import type { CatalogueTask } from '../catalogue/entry.ts';
import { LoadError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { ModelBase } from '../tasks/catalogue-files.ts';
import { createClassifier as classifier, type Classifier } from '../tasks/classifier.ts';
import { createDetector as detector, type Detector } from '../tasks/detector.ts';
import {
  createFaceDetector as faceDetector,
  FACE_DETECTOR_OPTIONS,
  type FaceDetector,
  type FaceDetectorOptions,
} from '../tasks/face-detector.ts';
import { HEADED_OPTIONS, type HeadedTaskOptions } from '../tasks/headed-task.ts';
import { createMatting as matting, type Matting } from '../tasks/matting.ts';
import { createSegmenter as segmenter, type Segmenter } from '../tasks/segmenter.ts';
import {
  createPoseEstimator as poseEstimator,
  POSE_ESTIMATOR_OPTIONS,
  type PoseEstimator,
  type PoseEstimatorOptions,
} from '../tasks/pose-estimator.ts';
import {
  createHandDetector as handDetector,
  HAND_DETECTOR_OPTIONS,
  type HandDetector,
  type HandDetectorOptions,
} from '../tasks/hand-detector.ts';
import { checkTaskOptions, TASK_OPTIONS, type TaskOptions, type TaskSource } from '../tasks/picture-model.ts';
import { convertModel as convertInPage } from '../tasks/convert.ts';
import type { ConvertedModel, ConvertOptions } from '../tasks/convert-types.ts';
import type { PartSource } from '../tasks/model-part.ts';
import { createTextDetector as textDetector, type TextDetector } from '../tasks/text-detector.ts';
import { createUpscaler as upscaler, type Upscaler } from '../tasks/upscaler.ts';
import { quantize as quantizeInPage } from '../tasks/quantize.ts';
import type { QuantizedModel, QuantizeOptions } from '../tasks/quantize-types.ts';
import { inCache, inNode, isNamed, opener, placeInNode, withNamedWeights } from './environment.ts';
import { filePath } from './file-address.ts';
import { decodeImage } from './image.ts';
import { inFolder, openModel } from './model-source.ts';
import { startThread } from './thread.ts';

/**
 * Loads a classifier as in a page; the source may be a path or a file: URL too, `modelBase` a folder, and without one models of the
 * catalogue come from where `openModel` finds them. Rejects as `createClassifier` in a page and `openModel` do.
 */
export async function createClassifier(source?: TaskSource, options?: TaskOptions): Promise<Classifier> {
  return classifier(...(await taskInNode('classification', source, options, TASK_OPTIONS)));
}

/** Loads a detector, with the differences of `createClassifier`. */
export async function createDetector(source?: TaskSource, options?: HeadedTaskOptions): Promise<Detector> {
  return detector(...(await taskInNode('detection', source, options, HEADED_OPTIONS)));
}

/** Loads an estimator of poses, with the differences of `createClassifier`. */
export async function createPoseEstimator(source?: TaskSource, options?: PoseEstimatorOptions): Promise<PoseEstimator> {
  const [own, rest] = await taskInNode('pose', source, options, POSE_ESTIMATOR_OPTIONS);
  return poseEstimator(own, { ...rest, ...openedParts(rest, ['landmarks']) });
}

/** Loads a detector of hands, with the differences of `createClassifier`. */
export async function createHandDetector(source?: TaskSource, options?: HandDetectorOptions): Promise<HandDetector> {
  const [own, rest] = await taskInNode('hand-detection', source, options, HAND_DETECTOR_OPTIONS);
  return handDetector(own, { ...rest, ...openedParts(rest, ['landmarks']) });
}

/** Loads a network for mattes, with the differences of `createClassifier`. */
export async function createMatting(source?: TaskSource, options?: HeadedTaskOptions): Promise<Matting> {
  return matting(...(await taskInNode('matting', source, options, HEADED_OPTIONS)));
}

/** Loads a network that enlarges pictures, with the differences of `createClassifier`. */
export async function createUpscaler(source?: TaskSource, options?: TaskOptions): Promise<Upscaler> {
  return upscaler(...(await taskInNode('upscaling', source, options, TASK_OPTIONS)));
}

/** Loads a detector of text, with the differences of `createClassifier`. */
export async function createTextDetector(source?: TaskSource, options?: TaskOptions): Promise<TextDetector> {
  return textDetector(...(await taskInNode('text-detection', source, options, TASK_OPTIONS)));
}

/** Loads a segmenter, with the differences of `createClassifier`. */
export async function createSegmenter(source?: TaskSource, options?: HeadedTaskOptions): Promise<Segmenter> {
  return segmenter(...(await taskInNode('segmentation', source, options, HEADED_OPTIONS)));
}

/** Loads a detector of faces, and models for parts of them, with the differences of `createClassifier`. */
export async function createFaceDetector(source?: TaskSource, options?: FaceDetectorOptions): Promise<FaceDetector> {
  const [opens, own] = await taskInNode('face-detection', source, options, FACE_DETECTOR_OPTIONS);
  return faceDetector(opens, { ...own, ...openedParts(own, ['landmarks', 'iris', 'rnet', 'onet']) });
}

/** Quantises a model as in a page, with the differences of `createClassifier`; picture files may be given by path. */
export async function quantize(source: TaskSource, options: QuantizeOptions): Promise<QuantizedModel> {
  const ofNode = { ...placeInNode(options), decodePicture: decodeImage, startThread };
  const inPlace = { ...ofNode, ...options, ...withNamedWeights(options) };
  return quantizeInPage(opened(source) ?? source, { ...inPlace, modelBase: baseInNode(options.modelBase) });
}

/** Converts a model as in a page, with the differences of `createClassifier`. */
export async function convertModel(source: TaskSource, options: ConvertOptions = {}): Promise<ConvertedModel> {
  return convertInPage(opened(source) ?? source, { ...options, modelBase: baseInNode(options.modelBase) });
}

/** Rejects with InputError for options that there are not. */
async function taskInNode<T extends TaskOptions>(
  task: CatalogueTask,
  source: TaskSource | undefined,
  given: T | undefined,
  rules: OptionRules<T>,
): Promise<[TaskSource | undefined, T]> {
  const options = await checkTaskOptions(task, given, rules);
  return [opened(source), { ...inNode(options), modelBase: baseInNode(options.modelBase) }];
}

function opened(source: TaskSource | undefined): TaskSource | undefined {
  if (!isNamed(source)) return source;
  const entry = typeof source === 'string' ? findEntry(source) : undefined;
  return entry ? source : opener(source);
}

/** The models for parts that options name, by the options' names. */
function openedParts<K extends string>(
  options: Readonly<Partial<Record<K, PartSource>>>,
  names: readonly K[],
): Partial<Record<K, PartSource>> {
  const given = names.flatMap((name) => {
    const source: PartSource | undefined = options[name];
    const opens = source === false ? source : opened(source);
    return opens === undefined ? [] : [[name, opens]];
  });
  return Object.fromEntries(given) as Partial<Record<K, PartSource>>;
}

function baseInNode(base: ModelBase | undefined): ModelBase {
  if (base === undefined) return ({ name }, settings) => openModel(name, inCache(settings));
  const text = String(base);
  const isFolder = (typeof base === 'string' || base instanceof URL) && !/^https?:/i.test(text);
  if (!isFolder) return base;
  const folder = text.startsWith('file:') ? filePath(text) : text;
  return async (entry) => {
    const found = inFolder(folder, entry);
    if (found !== undefined) return openModel(found);
    const { name } = entry;
    throw new LoadError(`the folder that modelBase names does not hold "${name}"`, {
      file: folder,
      hint: `npx tilewise fetch ${name} --output-dir ${folder} puts it there`,
    });
  };
}
