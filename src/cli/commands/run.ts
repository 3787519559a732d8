/** `tilewise run`: tensors and pictures in, tensors out. */
import { Option, type Command } from 'commander';
import { toRaw } from '../../core/raw.ts';
import { shapeText, type Tensor } from '../../core/tensor.ts';
import type { IntegerScale } from '../../ir/graph.ts';
import { own } from '../../util/own.ts';
import { collect, parseFeed } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { writeNpy } from '../npy.ts';
import { milliseconds, table } from '../output.ts';
import { scaleText } from '../quantisation.ts';
import { OutputFolder } from '../output-folder.ts';
import { addPictureOptions, preparation, type PictureOptions } from '../picture-task.ts';
import { placeText, type DeviceOptions } from '../place.ts';
import { addDeviceOptions, addSourceOptions, loadModel, openModelSession, type SourceOptions } from '../session.ts';
import { isRaw, readFeeds } from '../tensor-files.ts';
import { shortNumber, summarise, type TensorSummary } from '../tensor-summary.ts';

interface RunOptions extends SourceOptions, DeviceOptions, PictureOptions {
  readonly input?: readonly string[];
  readonly outputDir?: string;
  readonly format?: 'npy' | 'bin';
}

interface TensorFile {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Null for an output that was not written. */
  readonly file: string | null;
}

/** Adds the command. */
export function addRun(program: Command, runner: Runner): void {
  const command = program
    .command('run')
    .description('run a model once: tensors or pictures in, a summary of the outputs and their files out')
    .argument('<model>', 'catalogue name, path or URL; of several files the main one')
    .option(
      '--input <[NAME=]FILE[:SHAPE]>',
      "data of an input: a .npy file, a picture, or raw little-endian numbers of the input's dtype; SHAPE as in 1x3x352x352",
      collect,
    )
    .option('--output-dir <dir>', 'folder for the outputs, one file each; made when missing')
    .addOption(
      new Option(
        '--format <name>',
        'of the outputs: .npy, or raw little-endian numbers (default: as the inputs, .npy beside pictures)',
      ).choices(['npy', 'bin'] as const),
    );
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run([name = '']: readonly string[], options: RunOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const specs = (options.input ?? []).map((spec) => parseFeed(spec, model.graph.inputs));
  const feeds = await readFeeds(specs, model.graph.inputs, preparation(model, options));
  const { outputDir } = options;
  const format = options.format ?? (specs.every(({ file }) => isRaw(file)) ? 'bin' : 'npy');
  const files = [name, ...specs.map(({ file }) => file)];
  const folder = outputDir === undefined ? undefined : new OutputFolder(outputDir, 'the outputs', files);
  const shapes = Object.fromEntries([...feeds].map(([input, { shape }]) => [input, shape]));
  const { runner: session, place, loadMs } = await openModelSession(model, options, shapes, context);
  const start = performance.now();
  const results = await session.run(Object.fromEntries(feeds));
  const runMs = performance.now() - start;
  const inputs = specs.map((spec) => describe(spec.name, feeds.get(spec.name), spec.file));
  const outputs = session.graph.outputs.flatMap((output) => {
    const tensor = own(results, output);
    if (!tensor) return [];
    const content = format === 'npy' ? writeNpy : toRaw;
    const file = folder?.write(folder.freeName(output, `.${format}`), content(tensor)) ?? null;
    const quantisation = session.graph.scales?.get(output);
    const meaning = quantisation ? { quantisation } : {};
    return [{ ...describe(output, tensor, file), ...meaning, ...summarise(tensor, quantisation) }];
  });
  context.output.result({ model: name, ...place, inputs, outputs, loadMs, runMs }, () => {
    const times = `loaded in ${milliseconds(loadMs)}, ran in ${milliseconds(runMs)} on ${placeText(place)}`;
    return `${outputTable(outputs)}\n${times}`;
  });
  return 0;
}

function describe(name: string, tensor: Tensor | undefined, file: string | null): TensorFile {
  return { name, dtype: tensor?.dtype ?? '', shape: tensor?.shape ?? [], file };
}

/** An output: a tensor, what its integers stand for, and figures of it. */
interface OutputSummary extends TensorFile, TensorSummary {
  readonly quantisation?: IntegerScale;
}

function outputTable(outputs: readonly OutputSummary[]): string {
  const written = outputs.some(({ file }) => file !== null);
  const rows = outputs.map((output) => [
    output.name,
    [`${output.dtype} ${shapeText(output.shape)}`, ...(output.quantisation ? [scaleText(output.quantisation)] : [])],
    ...[output.min, output.max, output.mean].map(shortNumber),
    elementsText(output),
    ...(written ? [output.file ?? ''] : []),
  ]);
  const figures = ['min', 'max', 'mean'];
  return table(['output', 'tensor', ...figures, 'elements', ...(written ? ['file'] : [])], rows, figures);
}

function elementsText({ first, top, shape, nonFinite }: OutputSummary): string[] {
  const more = shape.reduce((n, extent) => n * extent, 1) > first.length ? ' …' : '';
  const lines = top
    ? [`largest: ${top.map(({ index, score }) => `[${index}] ${shortNumber(score)}`).join(', ')}`]
    : [`${first.map(shortNumber).join(' ')}${more}`];
  return nonFinite > 0 ? [...lines, `${nonFinite} NaN or infinite`] : lines;
}
