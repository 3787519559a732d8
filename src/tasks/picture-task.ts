/** Tasks on pictures, in one mechanism: a model is loaded, bound to its outputs, run on pictures, and its answers decoded. */
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import { Lazy, onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import type { Tensor } from '../core/tensor.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import { isPicture, pictureSize, type PictureSource } from '../pictures/source.ts';
import type { Feed } from '../session/feeds.ts';
import type { RunOptions } from '../session/options.ts';
import type { Session } from '../session/session.ts';
import { own } from '../util/own.ts';
import type { PictureSize, Preprocessing } from '../vision/picture-spec.ts';
import type { WatchSource } from '../pictures/frames.ts';
import type { BoundOutput } from './real-output.ts';
import type { WatchCallback } from './watch.ts';
import type { FollowStep, TaskWatchOptions, WatchBegun, WatchedAnswer } from './watch-task.ts';
import {
  checkTaskOptions,
  loadPictureModel,
  TASK_OPTIONS,
  type AttachHead,
  type PictureModel,
  type TaskOptions,
  type TaskSource,
} from './picture-model.ts';

/** Options of a run that every task has. */
export type PictureRunOptions = Pick<RunOptions, 'signal' | 'frameBudgetMs'>;

/** What they may be. */
export const PICTURE_RUN_OPTIONS: OptionRules<PictureRunOptions> = { signal: 'signal', frameBudgetMs: 'positive' };

/** What the outputs of a model were taken to mean. */
export interface TaskBinding {
  /** The name that the option `decode` takes. */
  readonly decode: string;
  /** The model's outputs that are read. */
  readonly read: readonly string[];
}

/** What a model was shown. */
export interface ShownPicture<Answer> {
  readonly picture: PictureSource;
  /** What is known of it already, of a frame of a video in which things were followed: it is part of the answer. */
  readonly known?: Answer | undefined;
}

/** What one task says of itself. */
export interface PictureTaskDefinition<Options, Answer> {
  /** The name of its call. */
  readonly call: string;
  /** What the call's options may be. */
  readonly options: OptionRules<Options>;
  /** The outputs it reads, by name. Throws InputError, which names those there are, for a model that has none such. */
  readonly bind: (model: PictureModel) => readonly string[];
  /** What its head is fed beside the picture. */
  readonly feeds?: (model: PictureModel, options: Options) => Readonly<Record<string, Feed>>;
  /**
   * From the bound outputs, in their order, to the answer. `picture` is the extents of what was shown, `shown` is itself, for what
   * other models see in parts of it.
   */
  readonly decode: (
    outputs: readonly BoundOutput[],
    picture: PictureSize,
    model: PictureModel,
    options: Options,
    shown: ShownPicture<Answer>,
  ) => Answer | Promise<Answer>;
}

/**
 * A loaded model that does one task. A task is a class that gives this one its definition and its call a name; not a function
 * that makes classes: what is called while modules load stays in pages that have another task only.
 */
export class PictureTask<Options extends PictureRunOptions, Answer> {
  readonly session: Session;
  /** How a picture becomes the input. */
  readonly preprocessing: Preprocessing;
  /** Names of the classes; undefined where nobody named them. */
  readonly labels: readonly string[] | undefined;
  /** What the outputs were taken to mean; undefined where they are read as they are. */
  readonly binding: TaskBinding | undefined;
  readonly #definition: PictureTaskDefinition<Options, Answer>;
  readonly #model: PictureModel;
  readonly #outputs: readonly string[];

  /** Throws InputError when the model's outputs are not what the task reads. */
  constructor(definition: PictureTaskDefinition<Options, Answer>, model: PictureModel) {
    this.session = model.session;
    this.preprocessing = model.preprocessing;
    this.labels = model.labels;
    this.binding = model.head;
    this.#definition = definition;
    this.#model = model;
    this.#outputs = definition.bind(model);
  }

  /**
   * The answer for one picture, or for the picture in a file; `known` is handed to `decode`. Rejects as `Session.run` does, and with
   * InputError for a picture that cannot be read or options out of range.
   */
  protected async run(picture: PictureSource | PictureFile, options: Options, known?: Answer): Promise<Answer> {
    const chosen = await checkOptions(this.#definition.call, options, this.#definition.options);
    if (isPicture(picture)) return this.answerOf(picture, chosen, known);
    return this.session.withPicture(picture, chosen.signal, (decoded) => this.run(decoded, chosen));
  }

  /** The answer for a picture that needs no decoding, by options that were checked. A task whose model runs more than once has its own. */
  protected async answerOf(picture: PictureSource, chosen: Options, known: Answer | undefined): Promise<Answer> {
    const { signal, frameBudgetMs } = chosen;
    // Before the run: a frame or a bitmap may be closed after it.
    const size = pictureSize(picture);
    const feeds = {
      ...this.#definition.feeds?.(this.#model, chosen),
      [this.#model.input.name]: { picture, preprocessing: this.preprocessing },
    };
    const settings = { fetches: this.#outputs, signal, frameBudgetMs } as RunOptions & {
      readonly outputs?: 'host';
      readonly keep?: undefined;
    };
    const outputs = await this.session.run(feeds, settings);
    const read = await Promise.all(this.#outputs.map((name) => bound(this.session, name, outputs)));
    return this.#definition.decode(read, size, this.#model, chosen, { picture, known });
  }

  /** The answer for one picture, or the answers for several, in their order: see `run`. */
  protected async runAll(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: Options,
  ): Promise<Answer | Answer[]> {
    if (!Array.isArray(pictures)) return this.run(pictures as PictureSource, options);
    const answers: Answer[] = [];
    for (const picture of pictures) answers.push(await this.run(picture, options));
    return answers;
  }

  /**
   * @internal What gives the answers for the frames of one thing that is watched: here, each for itself. A task may look where
   * things were in the last, by its answer.
   */
  protected async follower(): Promise<FollowStep<Options, Answer>> {
    return (picture, options) => this.run(picture, options);
  }

  /**
   * Answers for a video, a camera's stream or track, or pictures as they come: one frame at a time, of the newest there is; things
   * with boxes have an `id` that they keep. `onResult` is called with each, and the promise resolved to what says how it goes and
   * stops it; without it, iterate: `for await (const { result, frame } of task.watch(video))`. Options are those of the task's
   * call, too. Rejects with InputError for what cannot be watched.
   *
   * Faces with `mesh`, hands with joints and people with landmarks (BlazePose) are followed: they are looked for where their points
   * were in the last frame. The detector runs in the first frame, where one of them was lost, and in every tenth, unless there are
   * `max` already; what it finds where something is followed is that. Hands with a label, which only the detector gives, are not
   * followed. Boxes and key points of such a face move as its mesh does,
   * and its score is that of the mesh's network. Networks for mattes that take the last one are given it. All else is found in
   * each frame anew.
   */
  watch(
    source: WatchSource,
    onResult?: WatchCallback<WatchedAnswer<Answer>> | TaskWatchOptions<Options>,
    options?: TaskWatchOptions<Options>,
  ): WatchBegun<Answer> {
    const begun = onDemand('watching', () => import('./watch-task.ts')).then(async ({ watchTask }) =>
      watchTask(this.#definition, await this.follower(), source, onResult, options),
    );
    return Object.assign(begun, {
      async *[Symbol.asyncIterator]() {
        yield* await begun;
      },
    });
  }

  /** Frees what the session holds. */
  dispose(): void {
    this.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Loads a model for a task. Rejects as `loadPictureModel` does, and as the task's constructor throws. */
export async function createPictureTask<T>(
  Task: new (model: PictureModel) => T,
  task: CatalogueEntry['task'],
  source: TaskSource | undefined,
  options?: TaskOptions,
  attach?: AttachHead,
): Promise<T> {
  const model = await loadPictureModel(source, task, await checkTaskOptions(task, options, TASK_OPTIONS), attach);
  try {
    return new Task(model);
  } catch (error) {
    model.session.dispose();
    throw error;
  }
}

// Kept: every picture asks, of a quantised model.
const INTEGERS = new Lazy('reader of integers', () => import('./real-output.ts'));

/** An output as its task reads it. */
async function bound(session: Session, name: string, outputs: Readonly<Record<string, Tensor>>): Promise<BoundOutput> {
  const output = required(outputs, name);
  const scale = session.outputs.find((port) => port.name === name)?.quantisation;
  if (!scale) return output;
  return (await INTEGERS.load()).realOutput(output, scale);
}

function required(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = own(outputs, name);
  if (found) return found;
  throw new InputError(`"${name}" is no output of the model`);
}
