/** The model of the page and what is done with it, one thing after another. */
import { chromeTrace, DeviceError, InputError, type ProfileReport, type SessionOptions } from '../../../src/index.ts';
import { compareBackends } from './compare.ts';
import { feedsOf, type Feeds } from './feeds.ts';
import { pictureFeeds } from './picture-feeds.ts';
import { inspectModel } from './inspect.ts';
import { lookAt } from './look.ts';
import { openModel, type Model } from './model.ts';
import type {
  Answer,
  Comparison,
  Inspection,
  LookOptions,
  ModelInfo,
  ModelRequest,
  Picture,
  Seat,
  WorkerEvent,
} from './protocol.ts';

/** GPU work is handed over in pieces of about this long, so that the page keeps drawing between them. */
const FRAME_BUDGET_MS = 12;

/** Pixels along a side that every GPU has textures for; cameras of telephones make larger pictures. */
const LARGEST = 8192;

/** Holds one model. Calls that use it are queued. */
export class Engine {
  seat: Seat = { backend: 'webgpu', adapter: '', software: false };
  readonly #emit: (event: WorkerEvent) => void;
  #model: Model | undefined;
  #loading = new AbortController();
  #queue: Promise<unknown> = Promise.resolve();
  /** The last picture that was no camera frame, decoded. */
  #still: { readonly blob: Blob; readonly bitmap: ImageBitmap } | undefined;
  #profile: ProfileReport | undefined;
  #watched: GPUDevice | undefined;

  constructor(emit: (event: WorkerEvent) => void) {
    this.#emit = emit;
  }

  /** Loads a model in place of the present one, which goes first: both may not fit on the device. */
  load(request: ModelRequest, base: URL): Promise<ModelInfo> {
    this.cancelLoad();
    const loading = new AbortController();
    this.#loading = loading;
    const { signal } = loading;
    const loaded = this.#next(async () => {
      signal.throwIfAborted();
      this.#forget();
      const options: SessionOptions = {
        backend: this.seat.backend,
        signal,
        frameBudgetMs: FRAME_BUDGET_MS,
        onProgress: (progress) => this.#emit({ type: 'progress', progress }),
      };
      const model = await openModel(request, base, options);
      if (signal.aborted) {
        model.runner.dispose();
        signal.throwIfAborted();
      }
      this.#model = model;
      await this.#watch();
      return model.info;
    });
    // What is done before, a comparison perhaps, may take long: who gives up is told at once.
    const givenUp = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return Promise.race([loaded, givenUp]);
  }

  cancelLoad(): void {
    this.#loading.abort();
  }

  /** What the model says of the picture. Frames are closed, whatever happens. */
  look(picture: Picture, options: LookOptions): Promise<Answer> {
    return this.#next(async () => {
      let image: ImageBitmap | VideoFrame | undefined;
      try {
        const model = this.#required();
        const ready = await this.#image(picture);
        image = ready;
        const { value, recovered } = await this.#withRecovery(() => lookAt(model, ready, options));
        await this.#watch();
        return { ...value, recovered };
      } finally {
        if (!(picture instanceof Blob)) {
          picture.close();
          image?.close();
        }
      }
    });
  }

  /** Profiles the model on the present picture. */
  inspect(): Promise<Inspection> {
    return this.#next(async () => {
      const model = this.#required();
      const feeds = await this.#feeds(model);
      const { value } = await this.#withRecovery(() => inspectModel(model, feeds));
      this.#profile = value.profile;
      return value;
    });
  }

  trace(): Promise<Blob> {
    if (!this.#profile) throw new InputError('there is no profile to export', { hint: 'Measure the layers first' });
    return Promise.resolve(new Blob([JSON.stringify(chromeTrace(this.#profile))], { type: 'application/json' }));
  }

  /** Runs the present picture on GPU and CPU. */
  compare(): Promise<Comparison> {
    return this.#next(async () => {
      const model = this.#required();
      const feeds = await this.#feeds(model);
      const stage = (text: string): void => this.#emit({ type: 'stage', text });
      return (await this.#withRecovery(() => compareBackends(model.runner.session, feeds, stage))).value;
    });
  }

  /** False where there is no device to lose. Not queued: devices are lost while they work. */
  async loseDevice(): Promise<boolean> {
    const device = await this.#model?.runner.session.device();
    device?.destroy();
    return device !== undefined;
  }

  /** Does `work` when all before is done. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #required(): Model {
    if (this.#model) return this.#model;
    throw new InputError('no model is loaded', { hint: 'Choose one, or drop its files here' });
  }

  #forget(): void {
    this.#watched = undefined;
    this.#model?.runner.dispose();
    this.#model = undefined;
    this.#profile = undefined;
  }

  /** A lost device rejects the call in flight; the session opens another for the next, so it is made once more. */
  async #withRecovery<T>(work: () => Promise<T>): Promise<{ value: T; recovered: boolean }> {
    try {
      return { value: await work(), recovered: false };
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code !== 'DEVICE_LOST') throw error;
      return { value: await work(), recovered: true };
    }
  }

  /** Tells the page when the device goes away that the model is on. */
  async #watch(): Promise<void> {
    const device = await this.#model?.runner.session.device();
    if (!device || device === this.#watched) return;
    this.#watched = device;
    void device.lost.then(({ message, reason }) => {
      if (this.#watched === device) this.#emit({ type: 'lost', reason: message || reason });
    });
  }

  /**
   * What the engine is handed. Chromium on a software adapter loses the device over a video frame, which it cannot share with
   * WebGPU there; a bitmap of it goes by host memory, which is no loss where everything does.
   */
  async #image(picture: Picture): Promise<ImageBitmap | VideoFrame> {
    if (picture instanceof Blob) return this.#decode(picture);
    if (!this.seat.software || picture instanceof ImageBitmap) return picture;
    const bitmap = await createImageBitmap(picture);
    picture.close(); // cameras have few frames to fill, and wait for those that are in use
    return bitmap;
  }

  async #decode(blob: Blob): Promise<ImageBitmap> {
    if (this.#still?.blob === blob) return this.#still.bitmap;
    const whole = await createImageBitmap(blob).catch((cause: unknown) => {
      throw new InputError('the picture cannot be decoded', {
        hint: 'Use JPEG, PNG, WebP, GIF, BMP or AVIF',
        cause,
      });
    });
    const bitmap = await fitting(whole);
    this.#still?.bitmap.close();
    this.#still = { blob, bitmap };
    return bitmap;
  }

  async #feeds(model: Model): Promise<Feeds> {
    return this.#still ? pictureFeeds(model.runner, this.#still.bitmap) : feedsOf(model.runner.session.inputs);
  }
}

/** The picture, scaled down where it is larger than textures are. */
async function fitting(bitmap: ImageBitmap): Promise<ImageBitmap> {
  const scale = LARGEST / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return bitmap;
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale));
  const [resizeWidth, resizeHeight] = [scaled(bitmap.width), scaled(bitmap.height)] as const;
  try {
    return await createImageBitmap(bitmap, { resizeWidth, resizeHeight, resizeQuality: 'high' });
  } finally {
    bitmap.close();
  }
}
