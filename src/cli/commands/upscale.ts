/** `tilewise upscale`: larger pictures. */
import { statSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../core/errors.ts';
import { loadSharp } from '../../node/image.ts';
import { createUpscaler } from '../../tasks/upscaler.ts';
import type { Pixels } from '../../vision/pixels.ts';
import { parseCount } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { eachPicture, finishPictures, type Picture } from '../each-picture.ts';
import { OutputFolder } from '../output-folder.ts';
import { addPictureOptions, loadHeadedTask, modelFor, openTask, type LoadTaskOptions } from '../picture-task.ts';
import type { DeviceOptions } from '../place.ts';
import { addDeviceOptions, addSourceOptions } from '../session.ts';

interface UpscaleCommandOptions extends LoadTaskOptions, DeviceOptions {
  readonly tile?: number;
  readonly output?: string;
  readonly outputDir?: string;
}

/** What the JSON says of a picture. */
interface UpscaledFile {
  readonly factor: number;
  readonly width: number;
  readonly height: number;
  /** Path of the larger picture. */
  readonly output: string;
}

/** Adds the command. */
export function addUpscale(program: Command, runner: Runner): void {
  const command = program
    .command('upscale')
    .description('make larger pictures')
    .argument('<image...>', 'picture files, or their addresses')
    .option(
      '--model <name>',
      'catalogue name, path or URL of a network that enlarges; default: waifu2x-anime-noise1-x2',
    )
    .option('--output <file>', 'the larger picture, a PNG file; of several pictures --output-dir')
    .option('--output-dir <dir>', 'folder for the larger pictures: NAME_x2.png')
    .option('--tile <pixels>', 'side of the parts in which large pictures are shown; default: 256', parseCount);
  addSourceOptions(addDeviceOptions(addPictureOptions(command))).action(runner.wrap(run));
}

async function run(files: readonly string[], options: UpscaleCommandOptions, context: Context): Promise<number> {
  const model = modelFor('upscaling', options.model);
  const { backend, tile } = options;
  const place = placeFor(files, options);
  const done = await eachPicture(files, context, {
    stage: 'upscale',
    open: async () => openTask(await loadHeadedTask(model, options, context), options, context, createUpscaler),
    answer: async (upscaler, pixels, picture): Promise<UpscaledFile> => {
      const { factor } = upscaler;
      const larger = await upscaler.upscale(pixels, tile === undefined ? {} : { tile });
      const output = place(picture, factor, await encoded(larger));
      return { factor, width: larger.width, height: larger.height, output };
    },
    text: ({ width, height, output }, { file }) => `${file}\n  ${width}x${height}  ${output}`,
  });
  return finishPictures(done, { model, backend, output: context.output });
}

async function encoded({ width, height, data }: Pixels): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const picture = sharp(data, { raw: { width, height, channels: 4 } });
  return picture.png().toBuffer();
}

/** Writes a larger picture and gives its path. */
type Place = (picture: Picture, factor: number, bytes: Uint8Array) => string;

/** Throws InputError where one file would hold several pictures. */
function placeFor(files: readonly string[], { output, outputDir }: UpscaleCommandOptions): Place {
  if (output === undefined && outputDir === undefined) {
    throw new InputError('nobody said where the larger picture goes', {
      hint: 'Give --output FILE.png, or --output-dir',
    });
  }
  if (output === undefined) {
    const folder = new OutputFolder(outputDir ?? '', 'the pictures', files);
    const nameOf = (file: string, factor: number): string =>
      folder.freeName(`${basename(file, extname(file))}_x${factor}`, '.png');
    return ({ file }, factor, bytes) => folder.write(nameOf(file, factor), bytes);
  }
  if (outputDir !== undefined || files.length > 1) {
    throw new InputError('--output names one file', { hint: 'Give --output-dir alone, or one picture' });
  }
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`--output names a folder: ${output}`, { hint: 'Give --output-dir' });
  }
  const folder = new OutputFolder(dirname(output), 'the picture', files);
  return (_picture, _factor, bytes) => folder.write(basename(output), bytes);
}
