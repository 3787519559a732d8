/** A command on many pictures: one at a time, each answer printed as it comes, the bad ones marked and the rest gone on with. */
import { InputError } from '../core/errors.ts';
import { decodeImage } from '../node/image.ts';
import type { Pixels } from '../vision/pixels.ts';
import type { Context } from './context.ts';
import { withFile } from './locate.ts';
import { failureOf, median, milliseconds, type Output } from './output.ts';
import { placeText, type CommandPlace, type DeviceOptions } from './place.ts';
import type { OpenedOn } from './session.ts';
import { readBytes } from './tensor-files.ts';

/** A picture file that was read. */
export interface Picture {
  readonly file: string;
  readonly pixels: Pixels;
}

/** What a command does with each picture. */
export interface PictureWork<Runner, Answer extends object> {
  /** What the progress bar says. */
  readonly stage: string;
  /** Opens the task, once, when there is a picture: a bad one should not wait for a download. */
  readonly open: () => Promise<OpenedOn<Runner>>;
  /** The answer for a picture; an InputError is about this picture, all other errors are about all. */
  readonly answer: (runner: Runner, pixels: Pixels, picture: Picture) => Promise<Answer>;
  /** The answer as text for people. */
  readonly text: (answer: Answer, picture: Picture) => string;
  /** What else is to do with an answer. */
  readonly keep?: (answer: Answer, picture: Picture) => Promise<void>;
}

/** What became of a picture: the answer, or the error. */
export type Outcome<Answer extends object> = { readonly file: string } & (
  Answer | { readonly error: { readonly name: string; readonly code: string; readonly message: string } }
);

/** What became of all pictures. */
export interface PictureRun<Answer extends object> {
  /** Null where no picture could be read. */
  readonly place: CommandPlace | null;
  /** Null, like the other times, where no picture could be read. */
  readonly loadMs: number | null;
  readonly firstRunMs: number | null;
  /** Median of the later runs; of one picture, its own. */
  readonly runMs: number | null;
  readonly results: readonly Outcome<Answer>[];
}

/** Reads and decodes the picture file at a path or an address. Throws LoadError or InputError that names it. */
export async function readPicture(file: string): Promise<Picture> {
  return { file, pixels: await decodeImage(/^(https?|file):/i.test(file) ? file : readBytes(file), file) };
}

/** Works through the files in order, with one picture in memory at a time. */
export async function eachPicture<Runner, Answer extends object>(
  files: readonly string[],
  { output, progress }: Context,
  { stage, open, answer, text, keep }: PictureWork<Runner, Answer>,
): Promise<PictureRun<Answer>> {
  let opened: OpenedOn<Runner> | undefined;
  const results: Outcome<Answer>[] = [];
  const times: number[] = [];
  const fail = (file: string, error: unknown): void => {
    const { name, code, message } = failureOf(error).error;
    results.push({ file, error: { name, code, message } });
    progress.stop();
    output.problem(error);
  };
  for (const [done, file] of files.entries()) {
    let picture: Picture;
    try {
      picture = await readPicture(file);
    } catch (error) {
      fail(file, error);
      continue;
    }
    opened ??= await open();
    progress.report({ stage, done, total: files.length });
    try {
      const start = performance.now();
      const given = await answer(opened.runner, picture.pixels, picture);
      times.push(performance.now() - start);
      results.push({ file, ...given });
      await keep?.(given, picture);
      progress.stop();
      output.note(text(given, picture));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      fail(file, withFile(error, file));
    }
  }
  progress.stop();
  const [firstRunMs = null, ...later] = times;
  return {
    place: opened?.place ?? null,
    loadMs: opened?.loadMs ?? null,
    firstRunMs,
    runMs: later.length > 0 ? median(later) : firstRunMs,
    results,
  };
}

/** Prints the end of a command on pictures: one object, or how long it took. Gives the exit code: 1 where a picture was bad. */
export function finishPictures<Answer extends object>(
  { place, loadMs, firstRunMs, runMs, results }: PictureRun<Answer>,
  { model, backend, output }: { model: string; backend: DeviceOptions['backend']; output: Output },
): number {
  const failed = results.filter((result) => 'error' in result).length;
  const asked = { backend, choice: null, adapter: null, adapterSource: null };
  const facts = { model, ...(place ?? asked), loadMs, firstRunMs, runMs, failed };
  // Of bad pictures alone nothing is left to say.
  const silent = loadMs === null && !output.json;
  if (!silent)
    output.result({ ...facts, results }, () => {
      const where = place ? placeText(place) : backend;
      const times =
        firstRunMs === null
          ? []
          : results.length - failed > 1
            ? [`first run ${milliseconds(firstRunMs)}`, `then ${milliseconds(runMs ?? NaN)} a picture`]
            : [`ran in ${milliseconds(firstRunMs)}`];
      return `${model} on ${where}: ${[`loaded in ${milliseconds(loadMs ?? NaN)}`, ...times].join(', ')}`;
    });
  return failed > 0 ? 1 : 0;
}
