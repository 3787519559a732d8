/** What the tasks share: a session of a model that takes one picture, how the picture is prepared, the names of the classes. */
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { shapeText } from '../core/tensor.ts';
import type { Port } from '../session/feeds.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import type { ModelSource } from '../session/model-source.ts';
import { SESSION_OPTIONS, type SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import { guessPreprocessing } from '../vision/guess.ts';
import { inputShape, PREPROCESSING, type Preprocessing } from '../vision/picture-spec.ts';
import type { ModelBase } from './catalogue-files.ts';
import type * as CatalogueModels from './catalogue-model.ts';

/** A model for a task: a name of the catalogue, or whatever `Session.create` takes. */
export type TaskSource = ModelSource | Graph;

/** Options that tasks on pictures share. */
export interface TaskOptions extends SessionOptions {
  /** Names of the classes, in their order; default: those of the catalogue, if any. */
  readonly labels?: readonly string[];
  /** What differs from the catalogue's way to prepare a picture, or from the usual one for an input of its shape. */
  readonly preprocessing?: Partial<Preprocessing>;
  /** Folder that holds catalogue models as NAME/FILE, or what opens one; default: where they are published. */
  readonly modelBase?: ModelBase;
}

/** What they may be. */
const TASK_OPTIONS: OptionRules<TaskOptions> = {
  ...SESSION_OPTIONS,
  labels: 'list',
  preprocessing: 'object',
  modelBase: 'any',
};

/** See `checkOptions`. */
export function checkTaskOptions(task: CatalogueEntry['task'], options: unknown): Promise<TaskOptions> {
  return checkOptions(`a ${task} model`, options, TASK_OPTIONS);
}

/** A loaded model of a task. */
export interface PictureModel {
  readonly session: Session;
  readonly preprocessing: Preprocessing;
  readonly labels: readonly string[] | undefined;
  readonly entry: CatalogueEntry | undefined;
  /** The one input. */
  readonly input: Port;
}

/**
 * Loads a model for a task. Rejects as `Session.create` does, with LoadError when labels cannot be fetched, and with
 * InputError when the entry is for another task or the model takes no single picture.
 */
export async function loadPictureModel(
  source: TaskSource,
  task: CatalogueEntry['task'],
  { labels, preprocessing, modelBase, ...options }: TaskOptions,
): Promise<PictureModel> {
  const differing = await checkOptions('preprocessing', preprocessing, PREPROCESSING);
  const known = typeof source === 'string' && isName(source) ? await inCatalogue(source, task, modelBase) : undefined;
  const entry = known?.entry;
  const naming = labels ? Promise.resolve(labels) : known?.labels(options.signal);
  naming?.catch(() => undefined);
  const prepare = (inputs: readonly GraphInput[]): Preprocessing => ({
    ...(entry?.preprocessing ?? guessPreprocessing(theInput(inputs))),
    ...differing,
  });
  const files: TaskSource = known ? known.files : source;
  const session = await Session.create(files, {
    inputShapes: (inputs) => ({ [theInput(inputs).name]: inputShape(prepare(inputs)) }),
    ...options,
  });
  try {
    const spec = prepare(session.inputs);
    return { session, preprocessing: spec, labels: await naming, entry, input: theInput(session.inputs) };
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** True for a bare word, without a path or an extension: a name of the catalogue, which is loaded then. */
function isName(source: string): boolean {
  return /^[^/:?#]+$/.test(source) && !/\.[a-z]\w*$/i.test(source);
}

async function inCatalogue(
  ...asked: Parameters<typeof CatalogueModels.catalogueModel>
): Promise<CatalogueModels.CatalogueModel> {
  const { catalogueModel } = await onDemand('catalogue of models', () => import('./catalogue-model.ts'));
  return catalogueModel(...asked);
}

function theInput(inputs: readonly GraphInput[]): GraphInput {
  const [input, ...more] = inputs;
  if (input && more.length === 0) return input;
  const list = inputs.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`).join(', ');
  throw new InputError(`the model should take one picture; its inputs are ${list || 'none'}`, {
    hint: 'Use a Session, and feed them by name',
  });
}
