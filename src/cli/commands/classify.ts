/** `tilewise classify`: labels and scores of pictures. */
import type { Command } from 'commander';
import { createClassifier } from '../../tasks/classifier.ts';
import type { Ranked } from '../../vision/decode/classes.ts';
import { parseCount } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { eachPicture, finishPictures } from '../each-picture.ts';
import { addPictureOptions, loadTask, modelFor, openTask, type LoadTaskOptions } from '../picture-task.ts';
import type { DeviceOptions } from '../place.ts';
import { addDeviceOptions, addSourceOptions } from '../session.ts';

interface ClassifyOptions extends LoadTaskOptions, DeviceOptions {
  readonly top: number;
}

/** A class in the JSON: its label is null where nobody named the classes. */
type Answer = Omit<Ranked, 'label'> & { readonly label: string | null };

/** Adds the command. */
export function addClassify(program: Command, runner: Runner): void {
  const command = program
    .command('classify')
    .description('what pictures show: the best classes and their scores')
    .argument('<image...>', 'picture files, or their addresses')
    .option('--model <name>', 'catalogue name, path or URL of a classifier; default: imagenet-mobilenet-v2-quant')
    .option('--labels <file>', 'class names, one a line')
    .option('--top <k>', 'how many classes to print', parseCount, 5);
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run(files: readonly string[], options: ClassifyOptions, context: Context): Promise<number> {
  const model = modelFor('classification', options.model);
  const done = await eachPicture(files, context, {
    stage: 'classify',
    open: async () => openTask(await loadTask(model, options, context), options, context, createClassifier),
    answer: async (classifier, pixels) => ({
      top: (await classifier.classify(pixels, { topK: options.top })).map(withLabel),
    }),
    text: ({ top }, { file }) => [file, ...top.map((t) => `  ${t.score.toFixed(4)}  ${nameOf(t)}`)].join('\n'),
  });
  return finishPictures(done, { model, backend: options.backend, output: context.output });
}

function withLabel({ index, label, score }: Ranked): Answer {
  return { index, label: label ?? null, score };
}

function nameOf({ label, index }: Answer): string {
  return label ?? `class ${index}`;
}
