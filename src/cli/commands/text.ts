/** `tilewise text`: where pictures show text. */
import type { Command } from 'commander';
import { createTextDetector } from '../../tasks/text-detector.ts';
import type { TextRegion } from '../../vision/decode/text-regions.ts';
import { parseCount, parseShare } from '../arguments.ts';
import { writeAnnotated } from '../annotations.ts';
import type { Context, Runner } from '../context.ts';
import { detectionLines } from '../detections.ts';
import { eachPicture, finishPictures } from '../each-picture.ts';
import { jsonText } from '../output.ts';
import { OutputFolder } from '../output-folder.ts';
import { addPictureOptions, loadHeadedTask, modelFor, openTask, type LoadTaskOptions } from '../picture-task.ts';
import type { DeviceOptions } from '../place.ts';
import { addDeviceOptions, addSourceOptions } from '../session.ts';

interface TextFlags extends LoadTaskOptions, DeviceOptions {
  readonly threshold?: number;
  readonly max?: number;
  readonly side?: number;
  readonly outputDir?: string;
}

/** A line of text in the JSON. */
interface TextPlace {
  readonly score: number;
  /** Upper left corner, width and height in pixels of the picture. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Corners x, y: upper left, upper right, lower right, lower left. */
  readonly corners: readonly (readonly [x: number, y: number])[];
}

/** Beside the copies of pictures: what was found, as `--json` prints it. */
const LISTING = 'texts.json';

/** Adds the command. */
export function addText(program: Command, runner: Runner): void {
  const command = program
    .command('text')
    .description('find text in pictures: where it is, not what it says')
    .argument('<image...>', 'picture files, or their addresses')
    .option('--model <name>', 'catalogue name, path or URL of a detector of text; default: pp-ocrv5-det')
    .option('--threshold <score>', 'lowest score, 0 to 1; default: 0.6', parseShare)
    .option('--max <count>', 'how many are given at most; default: 1000', parseCount)
    .option('--side <pixels>', 'longer side of larger pictures as the network is shown them; default: 960', parseCount)
    .option('--output-dir <dir>', `folder for a copy of each picture with what was found, and ${LISTING}`);
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run(files: readonly string[], flags: TextFlags, context: Context): Promise<number> {
  const model = modelFor('text-detection', flags.model);
  const { outputDir, backend, threshold, max, side } = flags;
  const given = Object.entries({ threshold, max, side }).filter(([, value]) => value !== undefined);
  const folder = outputDir === undefined ? undefined : new OutputFolder(outputDir, 'the pictures', files);
  const done = await eachPicture(files, context, {
    stage: 'text',
    open: async () => openTask(await loadHeadedTask(model, flags, context), flags, context, createTextDetector),
    answer: async (detector, pixels) => {
      const regions = await detector.detect(pixels, Object.fromEntries(given));
      return { texts: regions.map(toPlace) };
    },
    text: ({ texts }, { file }) => {
      const boxes = texts.map(({ score, box }) => ({ label: 'text', index: 0, score, box }));
      return [file, ...detectionLines(boxes)].join('\n');
    },
    keep: async ({ texts }, picture) => {
      const annotations = texts.map(({ score, box: [x, y, width, height], corners }) => {
        return { x, y, width, height, score, index: 0, outline: corners.map(([left, top]) => ({ x: left, y: top })) };
      });
      if (folder) await writeAnnotated(folder, picture, annotations);
    },
  });
  folder?.write(LISTING, `${jsonText({ results: done.results })}\n`);
  return finishPictures(done, { model, backend, output: context.output });
}

function toPlace({ score, x, y, width, height, outline }: TextRegion): TextPlace {
  return { score, box: [x, y, width, height], corners: outline.map((corner) => [corner.x, corner.y]) };
}
