/** Parts of a task that are models of their own, and go on where the first one ended; each is loaded when it is first needed. */
import type { CatalogueEntry, CatalogueTask } from '../catalogue/entry.ts';
import { InputError, LoadError, TilewiseError } from '../core/errors.ts';
import type { Head } from '../heads/head.ts';
import { createHeadedTask, type HeadedTaskOptions } from './headed-task.ts';
import type { PictureModel, TaskOptions, TaskSource } from './picture-model.ts';
import type { RegionModel } from './region-model.ts';

/** What a part is for, and what reads it. */
export interface PartKind<Model> {
  /** Its name among the catalogue's parts, and of the option that takes a model for it. */
  readonly name: keyof NonNullable<CatalogueEntry['parts']>;
  readonly task: CatalogueTask;
  readonly heads: () => Promise<readonly Head[]>;
  readonly model: new (model: PictureModel) => Model;
}

/** A model for a part; false: none. Default: the catalogue's, where it knows the first model and one that goes with it. */
export type PartSource = TaskSource | false;

/** A model that was loaded for a device; undefined on the CPU. */
interface LoadedPart<Model> {
  readonly device: GPUDevice | undefined;
  readonly model: Promise<Model>;
}

/** Options that are about the first model, its file, or the call that loads it. */
const FIRST_ONLY: ReadonlySet<string> = new Set<keyof HeadedTaskOptions>([
  'decode',
  'labels',
  'preprocessing',
  'inputShapes',
  'signature',
  'rounding',
  'weights',
  'onProgress',
  'signal',
]);

/** One part. */
export class ModelPart<Model extends Disposable = RegionModel> implements Disposable {
  readonly #kind: PartKind<Model>;
  readonly #first: PictureModel;
  readonly #source: PartSource | undefined;
  readonly #options: TaskOptions;
  #loaded: LoadedPart<Model> | undefined;

  /** `options` are those of the first model, of which the part takes what is not about that one alone. */
  constructor(kind: PartKind<Model>, first: PictureModel, source: PartSource | undefined, options: TaskOptions) {
    this.#kind = kind;
    this.#first = first;
    this.#source = source ?? first.entry?.parts?.[kind.name];
    this.#options = Object.fromEntries(Object.entries(options).filter(([name]) => !FIRST_ONLY.has(name)));
  }

  /** Whether there is a model for it. */
  get exists(): boolean {
    return this.#source !== undefined && this.#source !== false;
  }

  /**
   * The model, loaded on the first one's device: pictures that lie there are read by both. Rejects with InputError where there is
   * none, and with LoadError, which names the part, for one that cannot be loaded; the next call then tries again.
   */
  async load(): Promise<Model> {
    const source = this.#given();
    const device = await this.#first.session.device();
    if (this.#loaded && this.#loaded.device === device) return this.#loaded.model;
    // A lost device took what was loaded with it.
    this.dispose();
    const loaded = { device, model: this.#open(source, device) };
    this.#loaded = loaded;
    loaded.model.catch(() => {
      if (this.#loaded === loaded) this.#loaded = undefined;
    });
    return loaded.model;
  }

  #given(): TaskSource {
    const { name, task } = this.#kind;
    if (this.#source !== undefined && this.#source !== false) return this.#source;
    const why = this.#source === false ? `were turned off` : `need a model of their own, and none is known`;
    throw new InputError(`${name} ${why}`, {
      hint: `Give a model for ${task} as the option ${name} of what creates the task`,
    });
  }

  async #open(source: TaskSource, device: GPUDevice | undefined): Promise<Model> {
    const { name, task, heads, model } = this.#kind;
    const options = device ? { ...this.#options, gpu: device } : this.#options;
    try {
      return await createHeadedTask(model, task, source, options, heads);
    } catch (cause) {
      if (!(cause instanceof TilewiseError)) throw cause;
      throw new LoadError(`the model for ${name} cannot be loaded: ${cause.reason}`, { ...cause.detail, cause });
    }
  }

  /** Frees the model; `load` loads it anew, while the first one is not disposed. */
  dispose(): void {
    this.#loaded?.model.then(
      (loaded) => loaded[Symbol.dispose](),
      () => undefined,
    );
    this.#loaded = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
