/** Tasks that watch a camera in a page, and draw what they find. */
import {
  createClassifier,
  createDetector,
  createFaceDetector,
  createHandDetector,
  createMatting,
  createPoseEstimator,
  createSegmenter,
  drawAnnotations,
  type Matte,
  type PictureSize,
  type PictureSource,
  type PictureTask,
  type Ranked,
  type TaskOptions,
  type Tracked,
  type UprightBox,
} from '../../../src/index.ts';
import { pictureSize } from '../../../src/pictures/source.ts';

const TASKS = {
  classifier: createClassifier,
  detector: createDetector,
  faces: createFaceDetector,
  hands: createHandDetector,
  poses: createPoseEstimator,
  matting: createMatting,
  segmenter: createSegmenter,
} as const;

/** Which task watches, with which model of the catalogue; the page's server has its files. */
export interface WatchRequest {
  readonly task: keyof typeof TASKS;
  readonly model: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** How many frames are looked at. */
  readonly frames: number;
}

/** A thing that was found. */
export type FoundThing = Tracked<UprightBox & { readonly label?: string; readonly score: number }>;

/** What came of it. */
export interface WatchAnswer {
  /** Of each frame. */
  readonly things: readonly (readonly FoundThing[])[];
  /** Of the last frame's matte, or map of classes: a number for each cell of 32×24. */
  readonly cells: readonly number[];
  /** The best class of each frame. */
  readonly best: readonly (string | undefined)[];
  /** Pixels of a canvas of the frame's extents that are drawn on, of the last frame. */
  readonly drawn: number;
  /** Extents of the frames. */
  readonly size: readonly number[];
  /** How many frames are still open at the end. */
  readonly open: number;
  /** Runs of the task's own network. */
  readonly runs: number;
}

/** Loads the task, and watches the camera. */
export async function watchWithTask({ task, model, options, frames }: WatchRequest): Promise<WatchAnswer> {
  const create: (model: string, options: TaskOptions) => Promise<unknown> = TASKS[task];
  const loaded = (await create(model, { backend: 'webgpu', modelBase: '/files' })) as PictureTask<object, unknown>;
  const counted = countRuns(loaded);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  let size: readonly [number, number] = [1, 1];
  const taken: PictureSource[] = [];
  const answers: unknown[] = [];
  const watching = await loaded.watch(
    stream,
    (answer, { picture }) => {
      taken.push(picture);
      const { width, height } = pictureSize(picture);
      size = [width, height];
      answers.push(answer);
      if (answers.length === frames) watching.stop();
    },
    options ?? {},
  );
  await watching.done;
  const runs = counted();
  for (const track of stream.getTracks()) track.stop();
  loaded.dispose();
  const last = answers.at(-1);
  return {
    things: answers.filter(isThings).map(plain),
    cells: task === 'matting' || task === 'segmenter' ? cells(last as Matte) : [],
    best: task === 'classifier' ? answers.map((answer) => (answer as Ranked[])[0]?.label) : [],
    drawn: isThings(last) ? drawnPixels(last, size) : 0,
    size,
    open: taken.filter((picture) => picture instanceof VideoFrame && picture.format !== null).length,
    runs,
  };
}

/** Counts the runs of the task's own network from now on. */
function countRuns({ session }: PictureTask<object, unknown>): () => number {
  let runs = 0;
  const run = session.run.bind(session);
  const counting = (...given: Parameters<typeof run>): ReturnType<typeof run> => {
    runs++;
    return run(...given);
  };
  Object.assign(session, { run: counting });
  return () => runs;
}

function isThings(answer: unknown): answer is FoundThing[] {
  return Array.isArray(answer) && answer.every((thing) => 'id' in Object(thing));
}

function plain(things: readonly FoundThing[]): FoundThing[] {
  return things.map(({ x, y, width, height, id, score, label }) => {
    return { x, y, width, height, id, score, ...(label === undefined ? {} : { label }) };
  });
}

function drawnPixels(things: readonly FoundThing[], [width, height]: readonly [number, number]): number {
  const canvas = new OffscreenCanvas(width, height);
  drawAnnotations(canvas, things);
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, width, height) ?? { data: new Uint8ClampedArray() };
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}

/** One number of each cell of twenty pixels' side. */
function cells({ width, height, data }: PictureSize & { readonly data: ArrayLike<number> }): number[] {
  const values: number[] = [];
  for (let y = 10; y < height; y += 20) for (let x = 10; x < width; x += 20) values.push(data[y * width + x] ?? NaN);
  return values;
}
