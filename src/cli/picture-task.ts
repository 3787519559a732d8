/** A task on pictures from the command line: its flags are options of the task, which does the rest. */
import { defaultModel, findEntry } from '../catalogue/catalogue.ts';
import type { CatalogueTask } from '../catalogue/entry.ts';
import { Option, type Command } from 'commander';
import { InputError } from '../core/errors.ts';
import type { Graph } from '../ir/graph.ts';
import { inCache } from '../node/environment.ts';
import { openModel } from '../node/model-source.ts';
import { withScales } from '../session/ports.ts';
import { requireTask } from '../tasks/catalogue-model.ts';
import type { HeadedTaskOptions } from '../tasks/headed-task.ts';
import { LabelsError } from '../tasks/outputs.ts';
import type { TaskOptions } from '../tasks/picture-model.ts';
import { parseLabels } from '../vision/decode/label-lines.ts';
import { preparedFor } from '../vision/guess.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { parseNumbers } from './arguments.ts';
import type { Context } from './context.ts';
import { withFile } from './locate.ts';
import type { DeviceOptions } from './place.ts';
import {
  downloadFlags,
  loadModel,
  openLoaded,
  type LoadedModel,
  type OpenedOn,
  type SourceOptions,
} from './session.ts';
import { readBytes, type PicturePreparation } from './tensor-files.ts';

/** Options that say how a picture becomes the input of a model that the catalogue does not know. */
export interface PictureOptions {
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly channelOrder?: 'rgb' | 'bgr';
  readonly fit?: 'stretch' | 'cover' | 'contain';
}

/** Options of `loadTask`. */
export interface LoadTaskOptions extends SourceOptions, PictureOptions {
  readonly model?: string;
  readonly labels?: string;
}

/** A model that was read, and what the task is told of it. */
export interface LoadedTask {
  readonly model: LoadedModel;
  readonly task: Pick<HeadedTaskOptions, 'labels' | 'preprocessing' | 'decode' | 'modelBase'>;
  /** The file that --labels named. */
  readonly labelsFile: string | undefined;
}

/** Adds `--mean`, `--std`, `--channel-order` and `--fit`. */
export function addPictureOptions(command: Command): Command {
  return command
    .option(
      '--mean <numbers>',
      'subtracted from pixels (0 to 255): one number, or one a channel in --channel-order',
      parseNumbers,
    )
    .option('--std <numbers>', 'pixels are divided by it after --mean', parseNumbers)
    .addOption(new Option('--channel-order <order>', 'order of the channels').choices(['rgb', 'bgr']))
    .addOption(new Option('--fit <how>', 'how the picture fills the input').choices(['stretch', 'cover', 'contain']))
    .addHelpText(
      'after',
      '\nModels outside the catalogue get their size and layout from the input; values are, unless --mean and --std\n' +
        'or the model itself say otherwise, (pixel - mean) / std of ImageNet for channels first, pixel / 255 for\n' +
        'channels last, the pixel itself for integer inputs, in int8 less 128. Where integers stand for real numbers,\n' +
        '--mean and --std are about these. The picture is scaled to cover the input and its middle is taken.',
    );
}

/** How pictures become inputs of a model: as the catalogue says or as is usual, and what options say otherwise. */
export function preparation(
  { entry, graph }: Pick<LoadedModel, 'entry' | 'graph'>,
  options: PictureOptions,
): PicturePreparation {
  const differing = pictureOverrides(options);
  return (input) => preparedFor(withScales([input], graph)[0] ?? input, entry?.preprocessing, differing);
}

/**
 * The model to take: the one named, or else the one that the catalogue has for this task. Throws InputError for an entry of the
 * catalogue that is for another one.
 */
export function modelFor(task: CatalogueTask, named: string | undefined): string {
  const entry = named === undefined ? undefined : findEntry(named);
  if (entry) requireTask(entry, task);
  return named ?? defaultModel(task).name;
}

/** Reads the model, by the name that `modelFor` gave, and its labels. */
export async function loadTask(name: string, options: LoadTaskOptions, context: Context): Promise<LoadedTask> {
  return loadFor(name, options, context, (model) => {
    const [input, ...more] = model.graph.inputs;
    return { preprocessing: input && more.length === 0 ? preparation(model, options)(input) : {} };
  });
}

/**
 * The same for a task with heads, which know what is usual for their networks: of the preprocessing what the catalogue and options
 * say, and the head that `--decode` names, or else the catalogue. Models that go on where this one ends come from where it does.
 */
export async function loadHeadedTask(
  name: string,
  options: LoadTaskOptions & { readonly decode?: string },
  context: Context,
): Promise<LoadedTask> {
  return loadFor(name, options, context, ({ entry }) => {
    const decode = options.decode ?? entry?.decode;
    return {
      preprocessing: { ...entry?.preprocessing, ...pictureOverrides(options) },
      ...(decode === undefined ? {} : { decode }),
      modelBase: (part, settings) => openModel(part.name, { ...inCache(settings), ...downloadFlags(options) }),
    };
  });
}

async function loadFor(
  name: string,
  options: LoadTaskOptions,
  context: Context,
  taskOptions: (model: LoadedModel) => LoadedTask['task'],
): Promise<LoadedTask> {
  // Before a download that a list which cannot be read would make useless.
  const given = readLabelsFile(options);
  const model = await loadModel(name, options, context);
  const labels = given ?? (await model.readLabels());
  return { model, task: { ...taskOptions(model), ...(labels ? { labels } : {}) }, labelsFile: options.labels };
}

/** The lines of the file that `--labels` names. Throws LoadError that names it. */
export function readLabelsFile({ labels }: Pick<LoadTaskOptions, 'labels'>): string[] | undefined {
  return labels === undefined ? undefined : parseLabels(new TextDecoder().decode(readBytes(labels)));
}

/** Opens the task of a model that was read; it is disposed when the command ends. Rejects as `create` does. */
export async function openTask<T extends Disposable>(
  { model, task, labelsFile }: LoadedTask,
  device: DeviceOptions,
  context: Context,
  create: (source: Graph, options: TaskOptions) => Promise<T>,
): Promise<OpenedOn<T>> {
  return openLoaded(model, device, context, async (options) => {
    try {
      return await create(model.graph, { ...options, ...task });
    } catch (error) {
      throw labelsFile !== undefined && error instanceof LabelsError ? withFile(error, labelsFile) : error;
    }
  });
}

/** What the options say otherwise than is usual. Throws InputError. */
export function pictureOverrides({ mean, std, channelOrder, fit }: PictureOptions): Partial<Preprocessing> {
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
