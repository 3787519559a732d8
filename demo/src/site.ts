/** What the site has beside the page itself: shared by the build, which makes the files, and the page, which asks for them. */
import { CATALOGUE, defaultModel, type CatalogueEntry } from '../../src/catalogue/catalogue.ts';

/** Formats that the engine reads. */
const READABLE: ReadonlySet<string> = new Set(['onnx', 'tfjs-graph', 'tfjs-layers', 'tflite', 'caffe', 'ncnn']);

/** Models of one task. */
interface ModelGroup {
  readonly title: string;
  readonly models: readonly CatalogueEntry[];
}

/** Models that the page offers, by the tasks whose answers it can show. */
export const MODEL_GROUPS: readonly ModelGroup[] = [
  modelsFor('detection', 'Detection'),
  modelsFor('pose', 'Poses'),
  modelsFor('face-detection', 'Faces'),
  modelsFor('hand-detection', 'Hands'),
  modelsFor('matting', 'Foregrounds'),
  modelsFor('classification', 'Classification'),
];

/** All of them. */
export const SITE_MODELS: readonly CatalogueEntry[] = MODEL_GROUPS.flatMap(({ models }) => models);

function modelsFor(task: CatalogueEntry['task'], title: string): ModelGroup {
  const models = CATALOGUE.filter((entry) => entry.task === task && READABLE.has(entry.format) && isDecoded(entry));
  return { title, models };
}

/** Whether its task reads what it gives. */
export function isDecoded({ outputs, decode }: CatalogueEntry): boolean {
  return outputs !== 'raw' || decode !== undefined;
}

/** What finds meshes and irises in the faces that any detector found. */
export const FACE_PART_MODELS = { landmarks: 'face-mesh-contours', iris: 'iris' } as const;

/** Models that go on where those of the list end: the site has them, too. */
export const PART_MODELS: readonly string[] = [
  ...new Set([
    ...Object.values(FACE_PART_MODELS),
    ...SITE_MODELS.flatMap(({ task, parts = {} }) => (task === 'face-detection' ? [] : Object.values(parts))),
  ]),
];

/** Names of the models whose files lie beside the page: the build writes the list here. */
declare const HELD_MODELS: readonly string[];

/** False for a model that is fetched from where it is published: the build could not have it. */
export function isHeld(name: string): boolean {
  return HELD_MODELS.includes(name);
}

/** What says most of any photograph. */
export const CLASSIFIER = defaultModel('classification');

/** The model at the start: the classifier, or else the detector, which needs no other server than the page's. */
export function startModel(): string {
  return isHeld(CLASSIFIER.name) ? CLASSIFIER.name : defaultModel('detection').name;
}

/** A sample picture. */
export interface Sample {
  readonly name: string;
  /** What it shows, for those who do not see it. */
  readonly alt: string;
  /** Relative to the page. */
  readonly path: string;
}

/** The sample pictures, in the order in which they are offered. */
export const SAMPLES = [
  { name: 'Cup', alt: 'A white cup on a wooden table', path: 'samples/cup.jpg' },
  { name: 'Table', alt: 'A man at a table with a meal', path: 'samples/table.png' },
  { name: 'Balls', alt: 'A drawing of three balls on a table', path: 'samples/balls.png' },
] as const satisfies readonly Sample[];

/** Names of the 1000 ImageNet classes, one a line; relative to the page. */
export const IMAGENET_NAMES = 'labels/imagenet-1000.txt';

/** The folder of the models, relative to the page: `models/NAME/FILE`. */
export const MODEL_FOLDER = 'models/';
