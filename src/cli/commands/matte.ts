/** `tilewise matte`: the foregrounds of pictures, cut out. */
import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { cutOut } from '../../draw/cut-out.ts';
import type { Colour } from '../../draw/colours.ts';
import { loadSharp } from '../../node/image.ts';
import { createMatting } from '../../tasks/matting.ts';
import type { Matte } from '../../vision/mattes.ts';
import type { Pixels } from '../../vision/pixels.ts';
import { parseShare } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { eachPicture, finishPictures, readPicture, type Picture } from '../each-picture.ts';
import { jsonText } from '../output.ts';
import { OutputFolder } from '../output-folder.ts';
import { addPictureOptions, loadHeadedTask, modelFor, openTask, type LoadTaskOptions } from '../picture-task.ts';
import type { DeviceOptions } from '../place.ts';
import { addDeviceOptions, addSourceOptions } from '../session.ts';

interface MatteCommandOptions extends LoadTaskOptions, DeviceOptions {
  readonly decode?: string;
  readonly background?: string;
  readonly threshold?: number;
  readonly outputDir?: string;
}

/** What the JSON says of a picture. */
interface MattedPicture {
  readonly width: number;
  readonly height: number;
  /** The mean of the matte, or with --threshold the share of its foreground: which part of the picture is foreground, 0 to 1. */
  readonly covered: number;
  /** Paths of the picture cut out and of its matte, grey; null without a folder. */
  readonly output: string | null;
  readonly mask: string | null;
}

/** Beside the pictures: what was found, as `--json` prints it. */
const LISTING = 'mattes.json';

/** Adds the command. */
export function addMatte(program: Command, runner: Runner): void {
  const command = program
    .command('matte')
    .description('cut the foregrounds of pictures out: people before a background')
    .argument('<image...>', 'picture files, or their addresses')
    .option('--model <name>', 'catalogue name, path or URL of a network for mattes; default: selfie-segmentation')
    .option('--decode <name>', 'what the output means: matte, matte-logits or matte-pair; default: by its shape')
    .option(
      '--threshold <alpha>',
      'pixels from this on are foreground, the others background; default: by degrees',
      parseShare,
    )
    .option('--background <what>', 'a colour, #rrggbb, or a picture file, in place of transparency')
    .option('--output-dir <dir>', 'folder for each picture cut out, its matte in grey, and mattes.json');
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run(files: readonly string[], options: MatteCommandOptions, context: Context): Promise<number> {
  const model = modelFor('matting', options.model);
  const { outputDir, backend, threshold } = options;
  const background = await readBackground(options.background);
  const folder = outputDir === undefined ? undefined : new OutputFolder(outputDir, 'the pictures', files);
  const done = await eachPicture(files, context, {
    stage: 'matte',
    open: async () => openTask(await loadHeadedTask(model, options, context), options, context, createMatting),
    answer: async (matting, pixels, picture) => {
      const matte = divided(await matting.matte(pixels), threshold);
      const written = folder && (await writeMatte(folder, picture, matte, background));
      const { width, height } = matte;
      return { width, height, covered: meanOf(matte), output: null, mask: null, ...written };
    },
    text: ({ covered }: MattedPicture, { file }) => `${file}\n  foreground  ${(100 * covered).toFixed(1)} %`,
  });
  folder?.write(LISTING, `${jsonText({ results: done.results })}\n`);
  return finishPictures(done, { model, backend, output: context.output });
}

async function readBackground(given: string | undefined): Promise<Colour | Pixels | undefined> {
  if (given === undefined) return undefined;
  return given.startsWith('#') ? (given as Colour) : (await readPicture(given)).pixels;
}

/** A matte of foreground and background alone. */
function divided(matte: Matte, threshold: number | undefined): Matte {
  if (threshold === undefined) return matte;
  return { ...matte, data: matte.data.map((alpha) => (alpha >= threshold ? 1 : 0)) };
}

function meanOf({ data }: Matte): number {
  return data.reduce((sum, alpha) => sum + alpha, 0) / data.length;
}

async function writeMatte(
  folder: OutputFolder,
  { file, pixels }: Picture,
  matte: Matte,
  background: Colour | Pixels | undefined,
): Promise<Pick<MattedPicture, 'output' | 'mask'>> {
  const stem = basename(file, extname(file));
  const sharp = await loadSharp();
  const { width, height, data } = cutOut(pixels, matte, background === undefined ? {} : { background });
  const cut = await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  const grey = Uint8ClampedArray.from(matte.data, (alpha) => 255 * alpha);
  const mask = await sharp(grey, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  const write = (ending: string, bytes: Uint8Array): string => folder.write(folder.freeName(stem, ending), bytes);
  return { output: write('.png', cut), mask: write('_matte.png', mask) };
}
