/** A classifier from the command line: a model, its labels, and how a picture becomes its input. */
import { InputError } from '../core/errors.ts';
import { shapeText, tensorOf, type Tensor } from '../core/tensor.ts';
import type { GraphInput, InputShapes } from '../ir/graph.ts';
import { CATALOGUE, findModel, type CatalogueEntry } from '../catalogue/catalogue.ts';
import { loadLabels } from '../node/labels.ts';
import type { Session } from '../session/session.ts';
import { parseLabels, topK, toProbabilities, type Ranked } from '../vision/decode/classes.ts';
import { guessPreprocessing } from '../vision/guess.ts';
import type { Pixels } from '../vision/pixels.ts';
import { preprocess } from '../vision/preprocess.ts';
import { inputShape, type Preprocessing } from '../vision/picture-spec.ts';
import type { Context } from './context.ts';
import { loadModel, type LoadedModel, type SourceOptions } from './session.ts';
import { readBytes } from './tensor-files.ts';

/** Options that say how a picture becomes the input of a model that the catalogue does not know. */
export interface PictureOptions {
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly channelOrder?: 'rgb' | 'bgr';
  readonly fit?: 'stretch' | 'cover' | 'contain';
}

/** Options of `openClassifier`. */
export interface ClassifierOptions extends SourceOptions, PictureOptions {
  readonly model?: string;
  readonly labels?: string;
}

/** A model that is ready to become a session, and what surrounds it. */
export interface Classifier {
  readonly model: LoadedModel;
  readonly preprocessing: Preprocessing;
  /** Undefined where nobody named the classes. */
  readonly labels: readonly string[] | undefined;
  /** The file that --labels named. */
  readonly labelsFile: string | undefined;
  readonly inputShapes: InputShapes;
}

/** Reads the model and its labels. Throws InputError when it is no picture classifier. */
export async function openClassifier(options: ClassifierOptions, context: Context): Promise<Classifier> {
  const entry = entryOf(options.model);
  const name = options.model ?? findModel().name;
  const labels =
    options.labels === undefined ? undefined : parseLabels(new TextDecoder().decode(readBytes(options.labels)));
  const model = await loadModel(name, options, context);
  const input = pictureInput(model);
  const preprocessing = { ...(entry?.preprocessing ?? guessPreprocessing(input)), ...overrides(options) };
  return {
    model,
    preprocessing,
    labels: labels ?? (entry && (await loadLabels(entry, options))),
    labelsFile: options.labels,
    inputShapes: { [input.name]: inputShape(preprocessing) },
  };
}

function entryOf(name: string | undefined): CatalogueEntry | undefined {
  const entry = name === undefined ? findModel() : CATALOGUE.find((e) => e.name === name);
  if (entry && entry.task !== 'classification') {
    throw new InputError(`"${entry.name}" is no classifier: ${entry.title}`, {
      hint: 'Use the command run with its raw input',
    });
  }
  return entry;
}

function pictureInput({ name, graph }: LoadedModel): GraphInput {
  const [input, ...more] = graph.inputs;
  if (input && more.length === 0 && input.shape.length === 4) return input;
  const list = graph.inputs.map((i) => `"${i.name}" ${shapeText(i.shape)}`).join(', ');
  throw new InputError(`a classifier takes one picture; the inputs of ${name} are ${list || 'none'}`, {
    hint: 'Use the command run with raw tensors',
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

/** One picture's answer. */
export interface Classified {
  readonly top: readonly Ranked[];
  /** All scores, for comparing backends. */
  readonly scores: Tensor;
}

/** The picture as the model's input. */
export function toInput({ model, preprocessing }: Classifier, pixels: Pixels): Record<string, Tensor> {
  const { name, dtype } = pictureInput(model);
  return { [name]: { ...preprocess(pixels, preprocessing), dtype } };
}

/** Runs the session on a prepared input. Scores that are no probabilities go through a softmax. */
export async function classify(
  session: Session,
  { model, labels, labelsFile }: Classifier,
  input: Readonly<Record<string, Tensor>>,
  top: number,
): Promise<Classified> {
  const results = await session.run(input);
  const output =
    model.graph.outputs.find((name) => results[name]?.data.length === labels?.length) ?? model.graph.outputs[0];
  const scores = results[output ?? ''];
  if (!scores || scores.data.length === 0) throw new InputError(`${model.name} gives no scores`);
  const count = scores.data.length;
  if (labels && labels.length !== count) {
    throw new InputError(`there are ${labels.length} labels, and ${model.name} gives ${count} scores`, {
      file: labelsFile,
      hint: 'Labels are one a line, in the order of the classes',
    });
  }
  const probabilities = tensorOf('float32', scores.shape, toProbabilities(scores.data));
  return { top: topK(probabilities.data, top, labels), scores: probabilities };
}
