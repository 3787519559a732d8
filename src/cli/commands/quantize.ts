/** `tilewise quantize`: a model of floats to one of integers, calibrated with pictures of a folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { InputError, LoadError } from '../../core/errors.ts';
import { decodeImage } from '../../node/image.ts';
import { quantize } from '../../tasks/quantize.ts';
import type { QuantizeOptions, QuantizeReport } from '../../tasks/quantize-types.ts';
import { collect } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { onModel } from '../locate.ts';
import { byteText, nodeText, table } from '../output.ts';
import { requireWritable, writeOutput } from '../output-file.ts';
import { findPlace, threadOptions, type DeviceOptions } from '../place.ts';
import { addPictureOptions, loadTask, type LoadTaskOptions } from '../picture-task.ts';
import { addDeviceOptions, addSourceOptions } from '../session.ts';
import { isPictureName, readBytes, reasonOf } from '../tensor-files.ts';

interface CommandOptions extends LoadTaskOptions, Pick<DeviceOptions, 'backend' | 'adapter' | 'threads'> {
  readonly calibrate: string;
  readonly output: string;
  readonly method: NonNullable<QuantizeOptions['method']>;
  readonly perChannel?: boolean;
  readonly symmetric?: boolean;
  readonly exclude?: readonly string[];
}

/** Rows of the table; `--json` has all layers. */
const SHOWN = 15;

/** Adds the command. */
export function addQuantize(program: Command, runner: Runner): void {
  const command = program
    .command('quantize')
    .description('make an 8-bit ONNX model (QDQ) of one of floats, and say how near it is')
    .argument('<model>', 'catalogue name, path or URL of a model that takes one picture; of several files the main one')
    .requiredOption(
      '--calibrate <dir>',
      'folder of pictures: every other one gives the ranges, the rest and their crops judge',
    )
    .requiredOption('--output <file>', 'where to write the model')
    .addOption(
      new Option('--method <name>', 'how ranges follow from the values seen')
        .choices(['minmax', 'percentile', 'entropy'] as const)
        .default('percentile' as const),
    )
    .option('--per-channel', 'a scale for each output channel of weights')
    .option('--symmetric', 'activations as int8 with zero point 0, instead of uint8')
    .option('--exclude <node>', 'a node that stays on floats; may be repeated', collect)
    .option('--labels <file>', 'class names, one a line, to keep in the model');
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run([name = '']: readonly string[], options: CommandOptions, context: Context): Promise<number> {
  const files = picturesIn(options.calibrate);
  requireWritable(options.output, files, 'one of the pictures');
  const { model, task } = await loadTask(name, options, context);
  const { gpu, ...place } = await findPlace(options);
  const start = performance.now();
  const { model: bytes, report } = await onModel(name, () =>
    quantize(model.graph, {
      ...task,
      ...chosen(options),
      calibrate: files,
      backend: place.backend,
      ...(gpu ? { gpu } : {}),
      ...threadOptions(options),
      decodePicture: async (file) => decodeImage(readBytes(String(file)), String(file)),
      onProgress: (step) => context.progress.report(step),
    }),
  );
  const tookMs = performance.now() - start;
  context.progress.stop();
  await writeOutput(options.output, bytes);
  const { backend, choice, adapter } = place;
  const facts = { model: name, output: options.output, backend, choice, adapter, pictures: files.length, tookMs };
  context.output.result({ ...facts, ...report }, () => textOf(options.output, report));
  return 0;
}

function chosen({ method, perChannel, symmetric, exclude }: CommandOptions): Partial<QuantizeOptions> {
  return { method, perChannel: perChannel ?? false, symmetric: symmetric ?? false, exclude: exclude ?? [] };
}

/** The picture files of a folder, in the order of their names. Throws LoadError and InputError that name it. */
function picturesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    const hint = 'Name a folder of pictures with --calibrate';
    throw new LoadError(`the pictures cannot be read: ${reasonOf(cause)}`, { file: folder, hint, cause });
  }
  const pictures = names.filter(isPictureName).sort();
  if (pictures.length >= 2) return pictures.map((file) => join(folder, file));
  throw new InputError(`there ${pictures.length === 1 ? 'is one picture' : 'are no pictures'} in this folder`, {
    file: folder,
    hint: 'Calibrating takes two at least, of which one judges; a hundred like those that the model will see are better',
  });
}

function textOf(output: string, report: QuantizeReport): string {
  const { layers, judged, agreed, calibrated, bytes, outputs } = report;
  const worst = layers.toSorted((a, b) => (a.snr ?? Infinity) - (b.snr ?? Infinity)).slice(0, SHOWN);
  const rows = worst.map(({ node, op, snr }) => [op, nodeText(node), decibels(snr)]);
  const more = layers.length > SHOWN ? `\n… and ${layers.length - SHOWN} better ones (--json lists all)` : '';
  const same = agreed === null ? '' : `\nbest class: the same for ${agreed} of ${judged} pictures and crops`;
  const [first] = outputs;
  return [
    `${table(['operator', 'node', 'signal/noise'], rows, ['signal/noise'])}${more}${same}`,
    `calibrated with ${calibrated} of the pictures, judged by ${judged} others and crops of these`,
    `outputs: ${outputs.map(({ name, snr }) => `${name} ${decibels(snr)}`).join(', ')}`,
    `${output}: ${byteText(bytes.after)} instead of ${byteText(bytes.before)}`,
    ...(!report.perChannel && (first?.snr ?? Infinity) < 20 ? ['Try --per-channel: it loses less'] : []),
  ].join('\n');
}

function decibels(snr: number | null): string {
  return snr === null ? 'exact' : `${snr.toFixed(1)} dB`;
}
