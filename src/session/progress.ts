/** How far a load has come: stages in their order, a fraction that never falls. */

/** Where each stage begins, as a fraction of the load: most of the time goes into bytes that come over a network. */
const STARTS = { download: 0, parse: 0.7, compile: 0.75, tune: 0.8, upload: 0.9, ready: 1 } as const;

/**
 * Bytes that are still to come of a download of unknown length, and the least that one counts as: a small file may be followed
 * by the larger ones that it names.
 */
const LEAST_BYTES = 2 ** 22;

/** A stage of loading, as it starts or moves on. */
export interface LoadProgress {
  /** Stages come in this order; some are left out, and `ready` is the last. */
  readonly stage: keyof typeof STARTS;
  /** How much of the load is done, 0 to 1, by an estimate of how long the stages take. It never falls, and ends with 1. */
  readonly fraction: number;
  /** How much of the stage is done: bytes of all the model's files, measurements of the tuner. */
  readonly loaded?: number;
  /** How much there is, when that is known. */
  readonly total?: number;
  /** The file that bytes came of, or that was read. */
  readonly file?: string;
}

/** What of a stage is told beside how far it is. */
export type StageProgress = Omit<LoadProgress, 'stage' | 'fraction'>;

/** Tells a caller how far one load has come. */
export class LoadingProgress {
  readonly #listener: ((progress: LoadProgress) => void) | undefined;
  readonly #loading: AbortController;
  #stage: LoadProgress['stage'] = 'download';
  #fraction = 0;

  /** What the listener throws gives the load up; of one that is given up nothing is told. */
  constructor(listener: ((progress: LoadProgress) => void) | undefined, loading = new AbortController()) {
    this.#listener = listener;
    this.#loading = loading;
  }

  /** A stage begins, or moves on. Bytes that come once a later stage has begun are told as part of that. */
  tell(stage: LoadProgress['stage'], part: StageProgress = {}): void {
    const start = STARTS[stage];
    const end = Object.values(STARTS).find((later) => later > start) ?? start;
    if (start > STARTS[this.#stage]) this.#stage = stage;
    const { loaded = 0, total = loaded + LEAST_BYTES } = part;
    const whole = stage === 'download' ? Math.max(total, LEAST_BYTES) : total;
    const share = whole > 0 ? Math.min(1, loaded / whole) : 1;
    this.#fraction = Math.max(this.#fraction, STARTS[this.#stage], start + share * (end - start));
    if (this.#loading.signal.aborted) return;
    try {
      this.#listener?.({ stage: this.#stage, fraction: this.#fraction, ...part });
    } catch (thrown) {
      this.#loading.abort(thrown);
    }
  }
}
