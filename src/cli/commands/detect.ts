/** `tilewise detect`: things in pictures, in words and boxes. */
import { InvalidArgumentError, type Command } from 'commander';
import { createDetector } from '../../tasks/detector.ts';
import { toAnnotation, writeAnnotated } from '../annotations.ts';
import type { Context, Runner } from '../context.ts';
import { detectionLines, toBox, type DetectedBox } from '../detections.ts';
import { eachPicture, finishPictures } from '../each-picture.ts';
import { jsonText } from '../output.ts';
import { OutputFolder } from '../output-folder.ts';
import { addPictureOptions, loadTask, modelFor, openTask, type LoadTaskOptions } from '../picture-task.ts';
import { addDeviceOptions, addSourceOptions, type DeviceOptions } from '../session.ts';

interface DetectOptions extends LoadTaskOptions, DeviceOptions {
  readonly threshold: number;
  readonly outputDir?: string;
}

/** Beside the copies of pictures: all that was found, as `--json` prints it. */
const LISTING = 'detections.json';

/** Adds the command. */
export function addDetect(program: Command, runner: Runner): void {
  const command = program
    .command('detect')
    .description('find things in pictures: what they are, and where')
    .argument('<image...>', 'picture files, or their addresses')
    .option('--model <name>', 'catalogue name, path or URL of a detector with decoded boxes; default: centernet')
    .option('--labels <file>', 'class names, one a line')
    .option('--threshold <score>', 'lowest score, 0 to 1', parseScore, 0.3)
    .option('--output-dir <dir>', 'folder for a copy of each picture with numbered boxes, and detections.json');
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

function parseScore(text: string): number {
  const score = text.trim() === '' ? NaN : Number(text);
  if (!(score >= 0 && score <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return score;
}

async function run(files: readonly string[], options: DetectOptions, context: Context): Promise<number> {
  const model = modelFor('detection', options.model);
  const { threshold, outputDir, backend } = options;
  const folder = outputDir === undefined ? undefined : new OutputFolder(outputDir, 'the pictures', files);
  const done = await eachPicture(files, context, {
    stage: 'detect',
    open: async () => openTask(await loadTask(model, options, context), options, context, createDetector),
    answer: async (detector, pixels): Promise<{ boxes: DetectedBox[] }> => ({
      boxes: (await detector.detect(pixels, { threshold })).map(toBox),
    }),
    text: ({ boxes }, { file }) => [file, ...detectionLines(boxes)].join('\n'),
    keep: async ({ boxes }, picture) => folder && writeAnnotated(folder, picture, boxes.map(toAnnotation)),
  });
  folder?.write(LISTING, `${jsonText({ results: done.results })}\n`);
  return finishPictures(done, { model, backend, output: context.output });
}
