/** What the tasks share: a session of a model that takes one picture, how the picture is prepared, the names of the classes. */
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import { Lazy, onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { shapeText } from '../core/tensor.ts';
import type { Port } from '../session/feeds.ts';
import type { Graph } from '../ir/graph.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { isGraph, toModelFiles, type FetchSettings, type ModelSource } from '../session/model-source.ts';
import { SESSION_OPTIONS, type SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import { inputShape, PREPROCESSING, type Preprocessing } from '../vision/picture-spec.ts';
import type { ModelBase } from './catalogue-files.ts';
import type { Knowledge } from './catalogue-model.ts';

/** A model for a task: a name of the catalogue, or whatever `Session.create` takes. */
export type TaskSource = ModelSource | Graph;

/** Options that tasks on pictures share. */
export interface TaskOptions extends SessionOptions {
  /** Names of the classes, in their order; default: those of the catalogue, if it knows the model, else of the model's own file. */
  readonly labels?: readonly string[];
  /**
   * What differs from the catalogue's way to prepare a picture, or from the usual one for an input of its kind: see
   * `guessPreprocessing`.
   */
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

/** The usual preprocessing of an input. */
const guess = new Lazy('usual preprocessing', () => import('../vision/guess.ts'));

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
 * Loads a model for a task, the catalogue's default where none is given. Rejects as `Session.create` does, with LoadError when
 * labels cannot be fetched, and with InputError when the entry is for another task or the model takes no single picture.
 */
export async function loadPictureModel(
  source: TaskSource | undefined,
  task: CatalogueEntry['task'],
  { labels, preprocessing, modelBase, ...options }: TaskOptions,
): Promise<PictureModel> {
  const differing = await checkOptions('preprocessing', preprocessing, PREPROCESSING);
  const [graph, given] = source && isGraph(source) ? [source] : [undefined, source];
  let known: Knowledge = {};
  if (graph) await guess.load();
  const read = async (settings: FetchSettings): Promise<ModelFiles> => {
    const loading = onDemand('catalogue of models', () => import('./catalogue-model.ts'));
    if (given !== undefined && !isName(given)) {
      const [{ recognisedModel }, found] = await Promise.all([loading, toModelFiles(given, settings)]);
      known = await recognisedModel(found);
      return found;
    }
    const { namedModel } = await loading;
    const found = await namedModel({ name: given, task, modelBase, labelled: !labels }, settings);
    known = found;
    return found.files;
  };
  const files = async (settings: FetchSettings): Promise<ModelFiles> => {
    // Beside the model, not before it.
    const [found] = await Promise.all([read(settings), guess.load()]);
    return found;
  };
  const prepare = (input: Port): Preprocessing => guess.get().preparedFor(input, known.entry?.preprocessing, differing);
  const session = await Session.create(graph ?? files, {
    inputShapes: (inputs) => {
      const input = theInput(inputs);
      return { [input.name]: inputShape(prepare(input)) };
    },
    ...options,
  });
  try {
    const { entry } = known;
    const input = theInput(session.inputs);
    return {
      session,
      preprocessing: prepare(input),
      labels: labels ?? known.labels ?? session.graph.labels,
      entry,
      input,
    };
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** True for a bare word, without a path or an extension: a name of the catalogue, which is loaded then. */
function isName(source: ModelSource): source is string {
  return typeof source === 'string' && /^[^/:?#]+$/.test(source) && !/\.[a-z]\w*$/i.test(source);
}

function theInput(inputs: readonly Port[]): Port {
  const [input, ...more] = inputs;
  if (input && more.length === 0) return input;
  const list = inputs.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`).join(', ');
  throw new InputError(`the model should take one picture; its inputs are ${list || 'none'}`, {
    hint: 'Use a Session, and feed them by name',
  });
}
