/** What the tasks share: a session of a model that takes one picture, how the picture is prepared, the names of the classes. */
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { Lazy, onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import type { Port } from '../session/feeds.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { isGraph, toModelFiles, type FetchSettings, type ModelSource } from '../session/model-source.ts';
import { SESSION_OPTIONS, type SessionOptions } from '../session/options.ts';
import { withScales } from '../session/ports.ts';
import { Session } from '../session/session.ts';
import { at } from '../util/arrays.ts';
import { inputShape, PREPROCESSING, type Preprocessing } from '../vision/picture-spec.ts';
import type { AttachedHead, HeadRequest } from './attach-head.ts';
import type { ModelBase } from './catalogue-files.ts';
import type { Knowledge, NamedModel } from './catalogue-model.ts';

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
export const TASK_OPTIONS: OptionRules<TaskOptions> = {
  ...SESSION_OPTIONS,
  labels: 'list',
  preprocessing: 'object',
  modelBase: 'any',
};

/** Adds what a task reads to a model's graph. */
export type AttachHead = (graph: Graph, input: Port, request: Omit<HeadRequest, 'heads'>) => Promise<AttachedHead>;

/** The usual preprocessing of an input. */
const guess = new Lazy('usual preprocessing', () => import('../vision/guess.ts'));

/** See `checkOptions`. */
export function checkTaskOptions<T extends TaskOptions>(
  task: CatalogueEntry['task'],
  options: unknown,
  rules: OptionRules<T>,
): Promise<T> {
  return checkOptions(`a ${task} model`, options, rules);
}

/** A loaded model of a task. */
export interface PictureModel {
  readonly session: Session;
  readonly preprocessing: Preprocessing;
  readonly labels: readonly string[] | undefined;
  readonly entry: CatalogueEntry | undefined;
  /** The input that takes a picture. */
  readonly input: Port;
  /** @internal What was added to the model's own outputs; none for those that are read as they are. */
  readonly head: AttachedHead | undefined;
}

/**
 * Loads a model for a task, the catalogue's default where none is given. Rejects as `Session.create` does, with LoadError when
 * labels cannot be fetched, and with InputError when the entry is for another task or the model takes no single picture; and as
 * `attach`, which is called with the model's graph and gives the one that runs.
 */
export async function loadPictureModel(
  source: TaskSource | undefined,
  task: CatalogueEntry['task'],
  { labels, preprocessing, modelBase, ...options }: TaskOptions,
  attach?: AttachHead,
): Promise<PictureModel> {
  const differing = await checkOptions('preprocessing', preprocessing, PREPROCESSING);
  const [graph, given] = source && isGraph(source) ? [source] : [undefined, source];
  let known: Knowledge = {};
  if (graph) await guess.load();
  const files = async (settings: FetchSettings): Promise<ModelFiles> => {
    const asked = { source: given, task, modelBase, labelled: !labels };
    // Beside the model, not before it.
    const [found] = await Promise.all([readModel(asked, settings), guess.load()]);
    known = found;
    return found.files;
  };
  const prepare = (input: Port, usual?: Partial<Preprocessing>): Preprocessing =>
    guess.get().preparedFor(input, known.entry?.preprocessing, differing, usual);
  let [head, prepared]: [AttachedHead?, Preprocessing?] = [];
  const adapt = async (imported: Graph): Promise<Graph> => {
    const input = guess.get().onlyInput(withScales(imported.inputs, imported));
    head = await attach?.(imported, input, {
      decode: known.entry?.decode,
      classes: (labels ?? known.labels ?? imported.labels)?.length,
      inputShapes: options.inputShapes,
      prepare: (usual, own = input) => prepare(own, usual),
    });
    prepared = head?.preprocessing ?? prepare(input);
    return head?.graph ?? imported;
  };
  // Of a graph without its weights before it is adapted; behind the picture stands what a head is fed.
  const shown = (inputs: readonly Port[]): Port => (prepared ? at(inputs, 0) : guess.get().onlyInput(inputs));
  const inputShapes = (inputs: readonly Port[]): InputShapes => {
    const input = shown(inputs);
    return { [input.name]: inputShape(prepared ?? prepare(input)) };
  };
  const session = await Session.create(graph ?? files, { inputShapes, ...options }, adapt);
  const input = shown(session.inputs);
  return {
    session,
    preprocessing: prepared ?? prepare(input),
    labels: labels ?? known.labels ?? session.graph.labels,
    entry: known.entry,
    input,
    head,
  };
}

/** What was asked for: see `NamedModel`. */
interface AskedSource {
  readonly source: ModelSource | undefined;
  readonly task: CatalogueEntry['task'];
  readonly modelBase: ModelBase | undefined;
  readonly labelled: boolean;
}

/** The files of a model, and what the catalogue knows of them. */
async function readModel({ source, ...asked }: AskedSource, settings: FetchSettings): Promise<NamedModel> {
  const loading = onDemand('catalogue of models', () => import('./catalogue-model.ts'));
  if (source === undefined || isName(source)) return (await loading).namedModel({ name: source, ...asked }, settings);
  const [{ recognisedModel }, files] = await Promise.all([loading, toModelFiles(source, settings)]);
  return { files, ...(await recognisedModel(files)) };
}

/** True for a bare word, without a path or an extension: a name of the catalogue, which is loaded then. */
function isName(source: ModelSource): source is string {
  return typeof source === 'string' && /^[^/:?#]+$/.test(source) && !/\.[a-z]\w*$/i.test(source);
}
