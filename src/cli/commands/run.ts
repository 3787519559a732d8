/** `tilewise run`: raw tensors in, raw tensors out. */
import type { Command } from 'commander';
import { toRaw } from '../../core/raw.ts';
import { shapeText, type Tensor } from '../../core/tensor.ts';
import { own } from '../../util/own.ts';
import { collect, parseFeed } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { milliseconds, table } from '../output.ts';
import { OutputFolder } from '../output-folder.ts';
import {
  addDeviceOptions,
  addSourceOptions,
  loadModel,
  openModelSession,
  type DeviceOptions,
  type SourceOptions,
} from '../session.ts';
import { readFeeds } from '../tensor-files.ts';

interface RunOptions extends SourceOptions, DeviceOptions {
  readonly input?: readonly string[];
  readonly outputDir: string;
}

interface TensorFile {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly file: string;
}

/** Adds the command. */
export function addRun(program: Command, runner: Runner): void {
  const command = program
    .command('run')
    .description("run a model on raw little-endian tensors, in the model's own dtypes and layout")
    .argument('<model>', 'catalogue name, path or URL; of several files the main one')
    .option('--input <[NAME=]FILE[:SHAPE]>', 'data of an input; SHAPE as in 1x3x352x352', collect)
    .requiredOption('--output-dir <dir>', 'folder for the outputs, one file each; made when missing');
  addSourceOptions(addDeviceOptions(command)).action(runner.wrap(run));
}

async function run([name = '']: readonly string[], options: RunOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const specs = (options.input ?? []).map((spec) => parseFeed(spec, model.graph.inputs));
  const feeds = readFeeds(specs, model.graph.inputs);
  const shapes = Object.fromEntries([...feeds].map(([input, { shape }]) => [input, shape]));
  const { runner: session, adapter, adapterSource, loadMs } = await openModelSession(model, options, shapes, context);
  const start = performance.now();
  const results = await session.run(Object.fromEntries(feeds));
  const runMs = performance.now() - start;
  const inputs = specs.map((spec) => describe(spec.name, feeds.get(spec.name), spec.file));
  const outputs = writeOutputs(session.graph.outputs, results, options.outputDir);
  const { backend } = options;
  context.output.result({ model: name, backend, adapter, adapterSource, inputs, outputs, loadMs, runMs }, () => {
    const rows = outputs.map((o) => [o.name, o.dtype, shapeText(o.shape), o.file]);
    const where = adapter === null ? 'the CPU reference' : `${adapter} (${adapterSource})`;
    return (
      `${table(['output', 'dtype', 'shape', 'file'], rows)}\n` +
      `loaded in ${milliseconds(loadMs)}, ran in ${milliseconds(runMs)} on ${where}`
    );
  });
  return 0;
}

function describe(name: string, tensor: Tensor | undefined, file: string): TensorFile {
  return { name, dtype: tensor?.dtype ?? '', shape: tensor?.shape ?? [], file };
}

function writeOutputs(names: readonly string[], results: Readonly<Record<string, Tensor>>, dir: string): TensorFile[] {
  const folder = new OutputFolder(dir, 'the outputs');
  return names.flatMap((name) => {
    const tensor = own(results, name);
    return tensor ? [describe(name, tensor, folder.write(folder.freeName(name, '.bin'), toRaw(tensor)))] : [];
  });
}
