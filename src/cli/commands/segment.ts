/** `tilewise segment`: the classes of pictures' pixels, or things with their masks. */
import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { SEGMENTATION_HEADS } from '../../heads/segmentation.ts';
import { loadSharp } from '../../node/image.ts';
import { createSegmenter, type Segmentation, type Segmenter } from '../../tasks/segmenter.ts';
import type { ClassShare } from '../../vision/class-maps.ts';
import type { Instance } from '../../vision/instances.ts';
import type { PictureSize } from '../../vision/picture-spec.ts';
import { writeAnnotated } from '../annotations.ts';
import { collect, parseCount, parseShare } from '../arguments.ts';
import { assumptions, givenLimits, type BoxFlags } from '../box-command.ts';
import type { Context, Runner } from '../context.ts';
import { classChoice, detectionLines, toBox, type ClassFlags, type DetectedBox } from '../detections.ts';
import { eachPicture, finishPictures, type Picture } from '../each-picture.ts';
import { jsonText } from '../output.ts';
import { OutputFolder } from '../output-folder.ts';
import { addPictureOptions, loadHeadedTask, modelFor, openTask } from '../picture-task.ts';
import { addDeviceOptions, addSourceOptions } from '../session.ts';

interface SegmentFlags extends BoxFlags, ClassFlags {}

/** Files of a picture; null without a folder. */
interface WrittenFiles {
  /** Path of a copy of the picture with what was found drawn over it. */
  readonly output: string | null;
  /**
   * Path of a grey PNG: of classes each pixel is the index of its class, 255 that of none; of instances the number of the thing, from 1
   * in the order of the list, 0 that of none, the better above the others. Of 16 bits, 65535 that of no class, where there may be
   * more classes, or are more things.
   */
  readonly map: string | null;
}

/** What the JSON says of a picture. */
interface SegmentedPicture extends WrittenFiles {
  readonly decode: string | null;
  readonly read: readonly string[];
  readonly kind: Segmentation['kind'];
  readonly width: number;
  readonly height: number;
  /** The largest first; pixels of no class are in none. */
  readonly classes?: readonly (Omit<ClassShare, 'label'> & { readonly label: string | null })[];
  /** The best first; `area` is how many pixels of the picture belong to the thing. */
  readonly instances?: readonly (DetectedBox & { readonly area: number })[];
}

/** Beside the pictures: what was found, as `--json` prints it. */
const LISTING = 'segments.json';

/** Adds the command. */
export function addSegment(program: Command, runner: Runner): void {
  const decoders = SEGMENTATION_HEADS.map(({ name }) => name).join(', ');
  const command = program
    .command('segment')
    .description('tell which class each pixel of pictures belongs to, or outline the things in them')
    .argument('<image...>', 'picture files, or their addresses')
    .option('--model <name>', 'catalogue name, path or URL of a segmenter; default: selfie-segmentation')
    .option('--labels <file>', 'class names, one a line')
    .option('--decode <name>', `what the outputs mean, where their shapes do not say it: ${decoders}`)
    .option(
      '--threshold <score>',
      'lowest score of a thing or of a pixel; default: things 0.3, foregrounds 0.5',
      parseShare,
    )
    .option('--iou <overlap>', 'things that overlap more are one, 0 to 1; default: 0.5', parseShare)
    .option('--max <count>', 'how many things are given at most, the best; default: 50', parseCount)
    .option('--allow <class>', 'a class that is given, by its label or index; may be repeated', collect)
    .option('--deny <class>', 'a class that is not given; may be repeated', collect)
    .option('--output-dir <dir>', `folder for a copy of each picture with what was found, a map of it, and ${LISTING}`);
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run(files: readonly string[], flags: SegmentFlags, context: Context): Promise<number> {
  const model = modelFor('segmentation', flags.model);
  const folder = flags.outputDir === undefined ? undefined : new OutputFolder(flags.outputDir, 'the pictures', files);
  const done = await eachPicture(files, context, {
    stage: 'segment',
    open: async () => {
      const opened = await openTask(await loadHeadedTask(model, flags, context), flags, context, createSegmenter);
      context.output.note(assumptions(opened.runner));
      return opened;
    },
    answer: async (segmenter: Segmenter, pixels, picture): Promise<SegmentedPicture> => {
      const found = await segmenter.segment(pixels, { ...givenLimits(flags), ...classChoice(flags, segmenter) });
      const written = folder && (await writeSegments(folder, picture, found));
      const { width, height } = pixels;
      const { decode = null, read = [] } = segmenter.binding ?? {};
      return { decode, read, kind: found.kind, width, height, ...listed(found), output: null, map: null, ...written };
    },
    text: (answer, { file }) => [file, ...linesOf(answer)].join('\n'),
  });
  folder?.write(LISTING, `${jsonText({ results: done.results })}\n`);
  return finishPictures(done, { model, backend: flags.backend, output: context.output });
}

function listed(found: Segmentation): Pick<SegmentedPicture, 'classes' | 'instances'> {
  if (found.kind === 'instances') {
    return { instances: found.instances.map((one) => ({ ...toBox(one), area: areaOf(one) })) };
  }
  return {
    classes: found.shares.map(({ index, label = null, pixels, share }) => ({ index, label, pixels, share })),
  };
}

function areaOf({ mask }: Instance): number {
  return mask.data.reduce((sum, value) => sum + Number(value > 0), 0);
}

function linesOf({ classes = [], instances }: SegmentedPicture): string[] {
  if (instances) return detectionLines(instances);
  if (classes.length === 0) return ['  no class'];
  const names = classes.map(({ label, index }) => label ?? `class ${index}`);
  const widest = Math.max(...names.map((name) => name.length));
  return classes.map(
    ({ share }, i) => `  ${(names[i] ?? '').padEnd(widest)}  ${(100 * share).toFixed(1).padStart(5)} %`,
  );
}

async function writeSegments(folder: OutputFolder, picture: Picture, found: Segmentation): Promise<WrittenFiles> {
  const { width, height } = picture.pixels;
  const isClasses = found.kind === 'classes';
  const output = await writeAnnotated(folder, picture, isClasses ? found : found.instances);
  const data = isClasses ? found.data : instanceMap(found.instances, { width, height });
  const sharp = await loadSharp();
  const grey = await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace(data instanceof Uint8Array ? 'b-w' : 'grey16')
    .png()
    .toBuffer();
  const stem = basename(picture.file, extname(picture.file));
  return { output, map: folder.write(folder.freeName(stem, isClasses ? '_classes.png' : '_instances.png'), grey) };
}

/** The number of the thing that each pixel belongs to, from 1; 0 for none. */
function instanceMap(instances: readonly Instance[], { width, height }: PictureSize): Uint8Array | Uint16Array {
  const map = instances.length > 255 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  // The best last: it lies above the others.
  for (const [number, { mask }] of [...instances.entries()].toReversed()) {
    for (const [i, belongs] of mask.data.entries()) {
      if (!belongs) continue;
      const [x, y] = [mask.x + (i % mask.width), mask.y + Math.floor(i / mask.width)];
      map[y * width + x] = number + 1;
    }
  }
  return map;
}
