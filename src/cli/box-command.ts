/** What commands share that find things in pictures: their flags, what they print, and copies of the pictures with what was found. */
import type { Command } from 'commander';
import type { CatalogueEntry, CatalogueTask } from '../catalogue/entry.ts';
import { defaultModel } from '../catalogue/catalogue.ts';
import type { Annotation } from '../draw/annotations.ts';
import type { Graph } from '../ir/graph.ts';
import type { HeadedTaskOptions } from '../tasks/headed-task.ts';
import type { TaskBinding } from '../tasks/picture-task.ts';
import type { Pixels } from '../vision/pixels.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { parseCount, parseShare } from './arguments.ts';
import { toAnnotation, writeAnnotated } from './annotations.ts';
import type { Context, Runner } from './context.ts';
import { detectionLines, type DetectedBox } from './detections.ts';
import { eachPicture, finishPictures } from './each-picture.ts';
import { jsonText } from './output.ts';
import { OutputFolder } from './output-folder.ts';
import {
  addPictureOptions,
  loadHeadedTask,
  modelFor,
  openTask,
  type LoadedTask,
  type LoadTaskOptions,
} from './picture-task.ts';
import type { DeviceOptions } from './place.ts';
import { addDeviceOptions, addSourceOptions } from './session.ts';

/** Limits, of which those that are not given are left to the task. */
export interface BoxLimits {
  readonly threshold?: number;
  readonly iou?: number;
  readonly max?: number;
}

/** Flags of every such command. */
export interface BoxFlags extends BoxLimits, LoadTaskOptions, DeviceOptions, Pick<PartNames, 'rnet' | 'onet'> {
  readonly decode?: string;
  readonly outputDir?: string;
}

/** A loaded model that finds things. */
interface Finder extends Disposable {
  readonly binding: TaskBinding | undefined;
  readonly preprocessing: Preprocessing;
  readonly labels: readonly string[] | undefined;
}

type PartName = keyof NonNullable<CatalogueEntry['parts']>;

/** Models of parts, by name, path or URL. */
export type PartNames = { readonly [K in PartName]?: string };

/** One command. */
export interface BoxCommand<Task extends Finder, Thing extends DetectedBox, Flags extends BoxFlags> {
  readonly name: string;
  readonly description: string;
  readonly task: CatalogueTask;
  /** What the things are called, in the JSON and its file: `boxes`. */
  readonly things: string;
  /** The file beside the copies of pictures: all that was found, as `--json` prints it. */
  readonly listing: string;
  /** What the task itself takes where nothing is given, for the help. */
  readonly usual: { readonly threshold: number; readonly iou: number; readonly max: string };
  /** Names for `--decode`. */
  readonly decoders: readonly string[];
  /** Adds flags of its own. */
  readonly flags?: (command: Command) => Command;
  /** The model goes on with others, of the catalogue (see `CatalogueEntry.parts`), or those that flags of these names say. */
  readonly parts?: readonly PartName[];
  readonly create: (source: Graph, options: HeadedTaskOptions & PartNames) => Promise<Task>;
  /** What is in a picture. */
  readonly find: (task: Task, pixels: Pixels, limits: BoxLimits, flags: Flags) => Promise<Thing[]>;
  /** Key points that are drawn beside a thing's box. */
  readonly points?: (thing: Thing) => Annotation['points'];
}

/** What the JSON says of a picture beside the things. */
interface Assumed {
  /** What the model's outputs were taken to mean, and which were read. */
  readonly decode: string | null;
  readonly read: readonly string[];
}

/** Adds the command. */
export function addBoxCommand<Task extends Finder, Thing extends DetectedBox, Flags extends BoxFlags>(
  program: Command,
  runner: Runner,
  of: BoxCommand<Task, Thing, Flags>,
): void {
  const { usual, decoders } = of;
  const command = program
    .command(of.name)
    .description(of.description)
    .argument('<image...>', 'picture files, or their addresses')
    .option('--model <name>', `catalogue name, path or URL of a model; default: ${defaultModel(of.task).name}`)
    .option('--decode <name>', `what the outputs mean, where their shapes do not say it: ${decoders.join(', ')}`)
    .option('--threshold <score>', `lowest score, 0 to 1; default: ${usual.threshold}`, parseShare)
    .option('--iou <overlap>', `boxes that overlap more show one thing, 0 to 1; default: ${usual.iou}`, parseShare)
    .option('--max <count>', `how many are given at most, the best; default: ${usual.max}`, parseCount)
    .option('--output-dir <dir>', `folder for a copy of each picture with what was found, and ${of.listing}`);
  const own = of.flags?.(command) ?? command;
  addSourceOptions(addDeviceOptions(addPictureOptions(own))).action(
    runner.wrap((files: readonly string[], flags: Flags, context: Context) => run(files, flags, context, of)),
  );
}

async function run<Task extends Finder, Thing extends DetectedBox, Flags extends BoxFlags>(
  files: readonly string[],
  flags: Flags,
  context: Context,
  of: BoxCommand<Task, Thing, Flags>,
): Promise<number> {
  const model = modelFor(of.task, flags.model);
  const folder = flags.outputDir === undefined ? undefined : new OutputFolder(flags.outputDir, 'the pictures', files);
  const thingsOf = (answer: Readonly<Record<string, unknown>>): readonly Thing[] => answer[of.things] as Thing[];
  const done = await eachPicture(files, context, {
    stage: of.name,
    open: async () => {
      const loaded = await loadHeadedTask(model, flags, context);
      const parts = partsOf(loaded, flags, of.parts);
      const create = (graph: Graph, options: HeadedTaskOptions): Promise<Task> =>
        of.create(graph, { ...options, ...parts });
      const opened = await openTask(loaded, flags, context, create);
      context.output.note(assumptions(opened.runner));
      return opened;
    },
    answer: async (task, pixels): Promise<Assumed & Record<string, unknown>> => ({
      decode: task.binding?.decode ?? null,
      read: task.binding?.read ?? [],
      [of.things]: await of.find(task, pixels, givenLimits(flags), flags),
    }),
    text: (answer, { file }) => [file, ...detectionLines(thingsOf(answer))].join('\n'),
    keep: async (answer, picture) => {
      const annotations = thingsOf(answer).map((thing) => {
        const points = of.points?.(thing);
        return { ...toAnnotation(thing), ...(points ? { points } : {}) };
      });
      if (folder) await writeAnnotated(folder, picture, annotations);
    },
  });
  folder?.write(of.listing, `${jsonText({ results: done.results })}\n`);
  return finishPictures(done, { model, backend: flags.backend, output: context.output });
}

function partsOf(
  { model }: LoadedTask,
  { rnet, onet }: Pick<PartNames, 'rnet' | 'onet'>,
  names: readonly PartName[] = [],
): PartNames {
  const known = model.entry?.parts ?? {};
  const ofEntry = names.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]]));
  return {
    ...Object.fromEntries(ofEntry),
    ...(rnet === undefined ? {} : { rnet }),
    ...(onet === undefined ? {} : { onet }),
  };
}

/** The limits that were given. */
export function givenLimits({ threshold, iou, max }: BoxLimits): BoxLimits {
  return {
    ...(threshold === undefined ? {} : { threshold }),
    ...(iou === undefined ? {} : { iou }),
    ...(max === undefined ? {} : { max }),
  };
}

/** How the model is read, and how pictures become its input. */
export function assumptions({ binding, preprocessing }: Pick<Finder, 'binding' | 'preprocessing'>): string {
  const { width, height, fit, channelOrder, mean, std } = preprocessing;
  return (
    `read as ${binding?.decode ?? 'it is'} (${binding?.read.join(', ') ?? ''}); ` +
    `pictures: ${width}×${height}, ${fit}, ${channelOrder}, less ${mean.join(' ')}, by ${std.join(' ')}`
  );
}
