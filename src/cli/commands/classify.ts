/** `tilewise classify`: labels and scores of pictures. */
import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { LoadError } from '../../core/errors.ts';
import { decodeImage } from '../../node/image.ts';
import type { Classifier } from '../../tasks/classifier.ts';
import type { Ranked } from '../../vision/decode/classes.ts';
import type { Pixels } from '../../vision/picture-spec.ts';
import { parseCount, parseNumbers } from '../arguments.ts';
import { loadClassifier, openClassifier, type ClassifierOptions } from '../classifier.ts';
import type { Context, Runner } from '../context.ts';
import { median, milliseconds, table } from '../output.ts';
import { addDeviceOptions, addSourceOptions, type DeviceOptions } from '../session.ts';
import { readBytes } from '../tensor-files.ts';

interface ClassifyOptions extends ClassifierOptions, DeviceOptions {
  readonly top: number;
}

interface Result {
  readonly file: string;
  readonly top: readonly Answer[];
}

/** A class in the JSON: its label is null where nobody named the classes. */
type Answer = Omit<Ranked, 'label'> & { readonly label: string | null };

/** Further runs of the last picture, so that `runMs` is a median: so many, fewer when a run is slow, none when very slow. */
const REPEATS = 5;
const REPEAT_BUDGET_MS = 1500;
const TOO_SLOW_MS = 5000;

/** Adds the command. */
export function addClassify(program: Command, runner: Runner): void {
  const command = program
    .command('classify')
    .description('classify JPEG, PNG, WebP and BMP pictures')
    .argument('<image...>', 'picture files')
    .option('--model <name>', 'catalogue name, path or URL; default: nsfw-mobilenet-v2')
    .option('--labels <file>', 'class names, one a line')
    .option('--top <k>', 'how many classes to print', parseCount, 5)
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
        'say otherwise, (pixel - mean) / std of ImageNet for channels first, pixel / 255 for channels last, the pixel\n' +
        'itself for integer inputs; the picture is scaled to cover the input and its middle is taken.',
    );
  addSourceOptions(addDeviceOptions(command)).action(runner.wrap(run));
}

async function run(files: readonly string[], options: ClassifyOptions, context: Context): Promise<number> {
  for (const file of files) if (!existsSync(file)) throw new LoadError('there is no such file', { file });
  const [first = ''] = files;
  const picture = await readPicture(first); // before the model: a bad picture should not wait for a download
  const loaded = await loadClassifier(options, context);
  const { runner: classifier, adapter, adapterSource, loadMs } = await openClassifier(loaded, options, context);
  const times: number[] = [];
  const results: Result[] = [];
  for (const [i, file] of files.entries()) {
    context.progress.report({ stage: 'classify', done: i, total: files.length });
    const pixels = i === 0 ? picture : await readPicture(file);
    results.push({ file, top: await timed(classifier, pixels, options.top, times) });
    if (i === files.length - 1) await repeat(classifier, pixels, times);
  }
  context.progress.stop();
  const firstRunMs = times[0] ?? NaN;
  const runMs = times.length > 1 ? median(times.slice(1)) : firstRunMs;
  const { backend } = options;
  const model = loaded.model.name;
  context.output.result({ model, backend, adapter, adapterSource, loadMs, firstRunMs, runMs, results }, () => {
    const rows = results.flatMap(({ file, top }) =>
      top.map((r, rank) => [rank === 0 ? file : '', r.label ?? `class ${r.index}`, r.score.toFixed(4)]),
    );
    const where = adapter === null ? 'the CPU reference' : `${adapter} (${adapterSource})`;
    return (
      `${table(['picture', 'label', 'score'], rows, ['score'])}\n${model} on ${where}: loaded in ` +
      `${milliseconds(loadMs)}, first run ${milliseconds(firstRunMs)}, then ${milliseconds(runMs)} a picture`
    );
  });
  return 0;
}

/** Reads and decodes a picture file. Throws LoadError or InputError that names it. */
export async function readPicture(file: string): Promise<Pixels> {
  return decodeImage(readBytes(file), file);
}

async function timed(
  classifier: Classifier,
  pixels: Pixels,
  topK: number,
  times: number[],
): Promise<readonly Answer[]> {
  const start = performance.now();
  const top = await classifier.classify(pixels, { topK });
  times.push(performance.now() - start);
  return top.map(({ index, label, score }) => ({ index, label: label ?? null, score }));
}

async function repeat(classifier: Classifier, pixels: Pixels, times: number[]): Promise<void> {
  const last = times[times.length - 1] ?? 0;
  if (last > TOO_SLOW_MS) return;
  const count = Math.min(REPEATS, Math.ceil(REPEAT_BUDGET_MS / Math.max(1, last)));
  for (let i = 0; i < count; i++) await timed(classifier, pixels, 1, times);
}
