/** From a model's name on the command line to a graph, and from a graph to a session on the chosen backend. */
import { Option, type Command } from 'commander';
import { findEntry } from '../catalogue/catalogue.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { recogniseEntry } from '../catalogue/recognise.ts';
import { importModel, type DetectedModel } from '../formats/detect.ts';
import type { ImportOptions, ModelFiles } from '../formats/importer.ts';
import type { InputShapes } from '../ir/graph.ts';
import { openModel } from '../node/model-source.ts';
import { fileTuningCache } from '../node/tuning-cache.ts';
import type { SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import { entryLabels, labelsAtHand } from '../tasks/labels.ts';
import { collect, parseCount, shapesByName } from './arguments.ts';
import type { Context } from './context.ts';
import { onModel } from './locate.ts';
import { findPlace, threadOptions, type CommandPlace, type DeviceOptions } from './place.ts';

/** Options that say where a model comes from. */
export interface SourceOptions {
  readonly mirror?: string;
  readonly cacheDir?: string;
  readonly allowHost?: readonly string[];
  readonly rounding?: NonNullable<ImportOptions['rounding']>;
  readonly signature?: string;
  readonly weights?: string;
}

/** Options of `loadModel`: what shapes are written on the command line is known before the model is. */
interface LoadOptions extends SourceOptions {
  readonly inputShape?: readonly string[];
  readonly input?: readonly string[];
}

/** Adds `--mirror` and `--cache-dir`. */
export function addDownloadOptions(command: Command): Command {
  return command
    .option('--mirror <dir>', 'take files that would be downloaded from this folder; default: $TILEWISE_MIRROR')
    .option('--cache-dir <dir>', 'keep downloads in this folder');
}

/** Adds `--mirror`, `--cache-dir`, the repeatable `--allow-host`, `--weights`, `--rounding` and `--signature`. */
export function addSourceOptions(command: Command): Command {
  return addDownloadOptions(command)
    .option('--allow-host <host>', "another host that a model's further files may come from", collect)
    .option(
      '--weights <file>',
      'the weights of a network of Caffe or ncnn, by path or URL; those beside it that are called as it is, unless given',
    )
    .addOption(
      new Option(
        '--rounding <rule>',
        'how integers of a TensorFlow Lite file are rounded: as the runtime that is shipped does (unless given), or its reference kernels',
      ).choices(['shipped', 'reference'] as const),
    )
    .option(
      '--signature <name>',
      'which signature of a TensorFlow Lite file to read; serving_default, else that of the first subgraph, unless given',
    );
}

/** Adds `--adapter`. */
export function addAdapterOption(command: Command): Command {
  return command.option(
    '--adapter <name>',
    'auto, hardware, lavapipe, swiftshader, packaged, or a Vulkan driver manifest (.json); default: $TILEWISE_ADAPTER, else auto',
  );
}

/** Adds `--tune`. */
export function addTuneOption(command: Command): Command {
  return command.addOption(
    new Option('--tune <mode>', 'kernels: the built-in table, what was measured before, or measure what is not known')
      .choices(['off', 'cached', 'full'] as const)
      .default('cached' as const),
  );
}

/** Adds `--weight-storage`. */
export function addWeightStorageOption(command: Command): Command {
  return command.addOption(
    new Option('--weight-storage <type>', 'how weights of products are stored: as the precision says, or in 8 bits')
      .choices(['float', 'int8'] as const)
      .default('float' as const),
  );
}

/** Adds `--precision` and `--weight-storage`. */
export function addStorageOptions(command: Command): Command {
  command.addOption(
    new Option('--precision <type>', 'how activations and weights are stored on the GPU')
      .choices(['float32', 'float16'] as const)
      .default('float32' as const),
  );
  return addWeightStorageOption(command);
}

/** Adds `--backend`, `--threads`, `--precision`, `--weight-storage` and `--adapter`. */
export function addDeviceOptions(command: Command): Command {
  command.addOption(
    new Option(
      '--backend <name>',
      'where to run: auto is WebGPU on a hardware adapter, else wasm; cpu is the reference',
    )
      .choices(['auto', 'webgpu', 'wasm', 'cpu'] as const)
      .default('auto' as const),
  );
  command.option('--threads <n>', 'threads that share the work on wasm, 1 to 64; 1 unless given', parseCount);
  return addAdapterOption(addStorageOptions(command));
}

/** Adds the repeatable `--input-shape`. */
export function addInputShapeOption(command: Command): Command {
  return command.option(
    '--input-shape <[NAME=]SHAPE>',
    'extents of an input with symbolic dimensions, or of one whose model only suggests them, as in images=1x3x224x224; a symbolic batch defaults to 1',
    collect,
  );
}

/** A model read and imported. */
export interface LoadedModel extends DetectedModel {
  /** As written on the command line. */
  readonly name: string;
  readonly warnings: readonly string[];
  /** What the catalogue says of it, where it has the model under this name, or recognises its file. */
  readonly entry: CatalogueEntry | undefined;
  /** Names of the classes, where the catalogue has some. Rejects as `entryLabels` does for a model that was named. */
  readonly readLabels: () => Promise<readonly string[] | undefined>;
  /** Reading the files and importing them. */
  readonly readMs: number;
}

/** Reads and imports a model: a catalogue name, a path or a URL. */
export async function loadModel(
  name: string,
  options: LoadOptions,
  { output, progress }: Context,
): Promise<LoadedModel> {
  const start = performance.now();
  const files = await openModel(name, {
    ...downloadFlags(options),
    ...(options.allowHost === undefined ? {} : { allowHosts: options.allowHost }),
    ...(options.weights === undefined ? {} : { weights: options.weights }),
    onProgress: (step) => progress.report(step),
  });
  progress.report({ stage: `read ${files.main.name}`, done: 0, total: 1 });
  const model = await importModel(files, {
    inputShapes: shapesByName([...(options.inputShape ?? []), ...(options.input ?? [])]),
    ...(options.rounding === undefined ? {} : { rounding: options.rounding }),
    ...(options.signature === undefined ? {} : { signature: options.signature }),
  });
  const { warnings = [] } = model;
  progress.stop();
  for (const warning of warnings) output.note(`warning: ${warning}`);
  const known = await inCatalogue(name, files);
  return { ...model, name, warnings, ...known, readMs: performance.now() - start };
}

/** What `--mirror` and `--cache-dir` come to. */
export function downloadFlags({ mirror, cacheDir }: SourceOptions): Pick<SourceOptions, 'mirror' | 'cacheDir'> {
  return { ...(mirror === undefined ? {} : { mirror }), ...(cacheDir === undefined ? {} : { cacheDir }) };
}

async function inCatalogue(
  name: string,
  { main, read }: ModelFiles,
): Promise<Pick<LoadedModel, 'entry' | 'readLabels'>> {
  const named = findEntry(name);
  const entry = named ?? (await recogniseEntry(main.bytes));
  const labels = named ? entryLabels : labelsAtHand;
  return { entry, readLabels: async () => entry && (await labels(entry, read)) };
}

/** What a command runs a model with, and what it runs on. */
export interface OpenedOn<T> {
  readonly runner: T;
  readonly place: CommandPlace;
  /** Reading, importing, compiling and uploading the model; the device's own start is in it. */
  readonly loadMs: number;
}

/**
 * Opens what runs a loaded model, a session or a task, with the options of a session that the command line comes to; it is disposed
 * when the command ends. Errors that are about the model name it.
 */
export async function openLoaded<T extends Disposable>(
  model: LoadedModel,
  device: DeviceOptions,
  { progress, defer }: Context,
  open: (options: SessionOptions) => Promise<T>,
): Promise<OpenedOn<T>> {
  const start = performance.now();
  const { gpu, ...place } = await findPlace(device);
  const runner = await onModel(model.name, () =>
    open({
      backend: place.backend,
      ...(gpu ? { gpu } : {}),
      ...(device.tune === undefined ? {} : { tune: device.tune }),
      ...(device.precision === undefined ? {} : { precision: device.precision }),
      ...(device.weightStorage === undefined ? {} : { weightStorage: device.weightStorage }),
      ...threadOptions(device),
      tuningCache: fileTuningCache(),
      onProgress: ({ stage, fraction }) => progress.report({ stage, done: fraction, total: 1 }),
    }),
  );
  defer(() => runner[Symbol.dispose]());
  progress.stop();
  return { runner, place, loadMs: model.readMs + performance.now() - start };
}

/** Opens a session of a loaded model. */
export async function openModelSession(
  model: LoadedModel,
  device: DeviceOptions,
  inputShapes: InputShapes,
  context: Context,
): Promise<OpenedOn<Session>> {
  return openLoaded(model, device, context, (options) => Session.create(model.graph, { ...options, inputShapes }));
}
