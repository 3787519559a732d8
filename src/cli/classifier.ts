/** A classifier from the command line: its flags are options of the task, which does the rest. */
import { InputError } from '../core/errors.ts';
import { findEntry } from '../catalogue/catalogue.ts';
import { loadLabels } from '../node/labels.ts';
import { requireTask } from '../tasks/catalogue-model.ts';
import { createClassifier, type Classifier } from '../tasks/classifier.ts';
import { LabelsError } from '../tasks/outputs.ts';
import type { TaskOptions } from '../tasks/picture-model.ts';
import { parseLabels } from '../vision/decode/classes.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import type { Context } from './context.ts';
import { withFile } from './locate.ts';
import {
  loadModel,
  openLoaded,
  type DeviceOptions,
  type LoadedModel,
  type OpenedOn,
  type SourceOptions,
} from './session.ts';
import { readBytes } from './tensor-files.ts';

/** What classifies where no model is named. */
export const DEFAULT_CLASSIFIER = 'nsfw-mobilenet-v2';

/** Options that say how a picture becomes the input of a model that the catalogue does not know. */
export interface PictureOptions {
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly channelOrder?: 'rgb' | 'bgr';
  readonly fit?: 'stretch' | 'cover' | 'contain';
}

/** Options of `loadClassifier`. */
export interface ClassifierOptions extends SourceOptions, PictureOptions {
  readonly model?: string;
  readonly labels?: string;
}

/** A model that was read, and what the task is told of it. */
export interface LoadedClassifier {
  readonly model: LoadedModel;
  readonly task: Pick<TaskOptions, 'labels' | 'preprocessing'>;
  /** The file that --labels named. */
  readonly labelsFile: string | undefined;
}

/** Reads the model and its labels. Throws InputError for an entry of the catalogue that is for something else. */
export async function loadClassifier(options: ClassifierOptions, context: Context): Promise<LoadedClassifier> {
  const name = options.model ?? DEFAULT_CLASSIFIER;
  const entry = findEntry(name);
  if (entry) requireTask(entry, 'classification');
  const given =
    options.labels === undefined ? undefined : parseLabels(new TextDecoder().decode(readBytes(options.labels)));
  const model = await loadModel(name, options, context);
  const labels = given ?? (entry && (await loadLabels(entry, options)));
  const preprocessing = { ...entry?.preprocessing, ...overrides(options) };
  return { model, task: { preprocessing, ...(labels ? { labels } : {}) }, labelsFile: options.labels };
}

/** Opens a classifier that was read; it is disposed when the command ends. Rejects as `createClassifier` does. */
export async function openClassifier(
  { model, task, labelsFile }: LoadedClassifier,
  device: DeviceOptions,
  context: Context,
): Promise<OpenedOn<Classifier>> {
  return openLoaded(model, device, context, async (options) => {
    try {
      return await createClassifier(model.graph, { ...options, ...task });
    } catch (error) {
      throw labelsFile !== undefined && error instanceof LabelsError ? withFile(error, labelsFile) : error;
    }
  });
}

function overrides({ mean, std, channelOrder, fit }: PictureOptions): Partial<Preprocessing> {
  return {
    ...(mean ? { mean: perChannel('--mean', mean) } : {}),
    ...(std ? { std: perChannel('--std', std) } : {}),
    ...(channelOrder ? { channelOrder } : {}),
    ...(fit ? { fit } : {}),
  };
}

function perChannel(option: string, values: readonly number[]): [number, number, number] {
  const [r = 0, g = r, b = r] = values;
  if (values.length !== 1 && values.length !== 3) throw new InputError(`${option} takes one number or three`);
  return [r, g, b];
}
