/**
 * Measures the engines on one model: each starts cold in a process or page of its own, is compared with the reference,
 * and then all run in turn, round after round, so that whatever the machine does meanwhile it does to all of them.
 */
import { milliseconds } from '../../src/cli/output.ts';
import { summarise } from '../lib/statistics.ts';
import { flavoursOf, type EngineName, type Where } from './engines.ts';
import type { PeerModel } from './models.ts';
import { agreement, rowOf, type Agreement, type Outcome, type PeerRow } from './rows.ts';
import type { Room, Seat, SeatStarted, Venue } from './seat.ts';
import type { StationConfig } from './station.ts';

/** What to measure and for how long. */
export interface MeasureOptions {
  readonly where: Where;
  readonly engines: readonly EngineName[];
  /** Most runs of an engine, after its warm-up. */
  readonly runs: number;
  readonly threads: number;
  /** False, once time is short, drops what is not needed for a median of three. */
  readonly hasTime: () => boolean;
  /** False, once the time is up, leaves out the peers that may be and have not started. */
  readonly mayStart: () => boolean;
  /** Told of each engine that is about to start. */
  readonly progress: (engine: EngineName) => void;
}

/** Rounds at least, of which an engine that is slow takes part in no more. */
const ROUNDS = 3;
/** Rounds at most. */
const MORE_ROUNDS = 5;
/** In one round an engine runs until this long has passed, but once in any case. */
const SLICE_MS = 1500;
/** An engine that has run for longer than this in all is slow. */
const ENOUGH_MS = 6000;

/** So many times slower, a flavour does not race. */
const OUTCLASSED = 1.6;

/** Where the meaning of the model comes from, and what it is itself checked against. */
const REFERENCE: EngineName = 'tilewise-cpu';
const ORACLE: EngineName = 'ort-web-wasm';

/**
 * Peers that start last, and are left out when the time is up: those whose shaders compile for a minute where another
 * peer on the GPU is the one to compare with. Whatever else was asked for always runs.
 */
const LEFT_OUT: { readonly [W in Where]: readonly EngineName[] } = {
  node: ['litert-webgpu', 'ort-web-webgpu'],
  chromium: ['litert-webgpu'],
};

/** The rows of one model, in the order of `engines`. Engines that fail are rows with an `error`; nothing rejects. */
export async function measureModel(venue: Venue, model: PeerModel, options: MeasureOptions): Promise<PeerRow[]> {
  const { engines, where } = options;
  const room = await venue.room(model, options.threads);
  const contenders: Contender[] = [];
  try {
    let reference: readonly number[] | undefined;
    for (const engine of startOrder(engines, where)) {
      options.progress(engine);
      const admitted = await admit(room, { engine, quantised: model.quantised }, reference, options);
      contenders.push(...admitted);
      if (engine === REFERENCE) reference = admitted[0]?.output;
    }
    checkReference(contenders);
    await race(
      contenders.filter((c) => engines.includes(c.engine) && !isOutclassed(c, contenders)),
      options.runs,
      options.hasTime,
    );
  } finally {
    await Promise.all(contenders.map((c) => c.leave()));
    await room.close();
  }
  return engines.flatMap((engine) => {
    const [best, ...slower] = contenders.filter((c) => c.engine === engine).sort(byTime);
    return best ? [rowOf(model.name, where, best.outcome(slower))] : [];
  });
}

/** First what the others are compared with, last what may be left out. */
function startOrder(engines: readonly EngineName[], where: Where): readonly EngineName[] {
  const checks = [REFERENCE, ...(engines.includes(REFERENCE) ? [ORACLE] : [])];
  const last = LEFT_OUT[where].filter((engine) => engines.includes(engine));
  return [...new Set([...checks, ...engines.filter((engine) => !last.includes(engine)), ...last])];
}

/** Starts an engine in each of its flavours; they race each other like any others. */
async function admit(
  room: Room,
  { engine, quantised }: Pick<StationConfig, 'engine' | 'quantised'>,
  reference: readonly number[] | undefined,
  { where, hasTime, mayStart }: MeasureOptions,
): Promise<readonly Contender[]> {
  const admitted: Contender[] = [];
  for (const flavour of flavoursOf(engine, where, quantised)) {
    if (admitted.some((c) => c.alive) && !hasTime()) break;
    const contender = new Contender({ engine, flavour, quantised }, reference);
    admitted.push(contender);
    if (LEFT_OUT[where].includes(engine) && !mayStart()) contender.fail('not started: the time was up (--minutes)');
    else await contender.enter(room);
  }
  return admitted;
}

/** Another flavour of the same engine was so much faster while warming up that more runs would change nothing. */
function isOutclassed(one: Contender, all: readonly Contender[]): boolean {
  return all.some((c) => c.engine === one.engine && c.alive && c.warmUpMs * OUTCLASSED < one.warmUpMs);
}

/** Those that are right before those that are not; the faster first. */
function byTime(a: Contender, b: Contender): number {
  return Number(b.alive) - Number(a.alive) || a.medianMs - b.medianMs;
}

/** The reference is right when an engine that shares nothing with it says so. */
function checkReference(contenders: readonly Contender[]): void {
  const [reference, oracle] = [REFERENCE, ORACLE].map((name) => contenders.find((c) => c.engine === name));
  if (!reference?.alive) return;
  if (oracle?.output) reference.compareWith(oracle.output);
  else reference.fail(`nothing to check it against: ${ORACLE} gave no output`);
}

/** Rounds in which every engine that still takes part runs for a while; the first to run changes from round to round. */
export async function race(contenders: readonly Runner[], runs: number, hasTime: () => boolean): Promise<void> {
  const share = Math.ceil(runs / MORE_ROUNDS);
  for (let round = 0; round < MORE_ROUNDS; round++) {
    if (round >= ROUNDS && !hasTime()) return;
    const shift = round % Math.max(1, contenders.length);
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      if (round >= ROUNDS && contender.spentMs > ENOUGH_MS) continue;
      const until = contender.spentMs + SLICE_MS;
      for (let i = 0; i < share && contender.alive && contender.taken < runs; i++) {
        await contender.run();
        if (contender.spentMs >= until) break;
      }
    }
  }
}

/** What takes part in a race. */
export interface Runner {
  /** False once it has failed. */
  readonly alive: boolean;
  /** Measured runs so far, and their sum. */
  readonly taken: number;
  readonly spentMs: number;
  /** One measured run; a failure is remembered, not thrown. */
  readonly run: () => Promise<void>;
}

/** One engine in its seat, and all that is known of it. */
class Contender implements Runner {
  readonly engine: EngineName;
  readonly #config: StationConfig;
  #expected: readonly number[] | undefined;
  #seat: Seat | undefined;
  #started: SeatStarted | undefined;
  #agreement: Agreement | undefined;
  #error: string | undefined;
  readonly #runMs: number[] = [];
  /** The run after the cold start; Infinity before it. */
  warmUpMs = Infinity;

  constructor(config: StationConfig, expected: readonly number[] | undefined) {
    this.engine = config.engine;
    this.#config = config;
    this.#expected = expected;
  }

  get alive(): boolean {
    return this.#seat !== undefined && this.#error === undefined;
  }

  get taken(): number {
    return this.#runMs.length;
  }

  get spentMs(): number {
    return this.#runMs.reduce((sum, ms) => sum + ms, 0);
  }

  /** Infinity before the first measured run. */
  get medianMs(): number {
    return this.taken > 0 ? summarise(this.#runMs).median : Infinity;
  }

  /** The first output; undefined when there was none. */
  get output(): readonly number[] | undefined {
    return this.#started?.output;
  }

  /** Starts cold and warms up. */
  async enter(room: Room): Promise<void> {
    await this.#guard(async () => {
      this.#seat = await room.seat(this.#config);
      this.#started = await this.#seat.start();
      this.#judge(this.#started.output);
      if (this.#error === undefined) this.warmUpMs = await this.#once();
    });
  }

  async run(): Promise<void> {
    await this.#guard(async () => {
      const ms = await this.#once();
      if (this.#error === undefined) this.#runMs.push(ms);
    });
  }

  /** Judges the reference itself, once there is something to judge it by. */
  compareWith(expected: readonly number[]): void {
    this.#expected = expected;
    if (this.output) this.#judge(this.output);
  }

  fail(error: string): void {
    this.#error ??= error;
  }

  async leave(): Promise<void> {
    await this.#seat?.close();
  }

  /** What is known of it; a note says what became of the other flavours of the same engine. */
  outcome(others: readonly Contender[]): Outcome {
    const { engine } = this;
    const known = { engine, runMs: this.#runMs, agreement: this.#agreement, error: this.#error };
    const notes = [this.#started?.note, ...others.map((other) => other.#summary())].filter((n) => n !== undefined);
    const note = notes.length > 0 ? notes.join('; ') : undefined;
    if (!this.#started) return { ...known, note };
    const { adapter, threads, coldMs, importMs, version } = this.#started;
    return { ...known, adapter, threads, coldMs, importMs, version, note };
  }

  #summary(): string {
    if (this.#error !== undefined) return `${this.#config.flavour}: ${this.#error}`;
    const run = this.taken > 0 ? this.medianMs : this.warmUpMs;
    return `${this.#config.flavour}: run ${milliseconds(run)}, cold ${milliseconds(this.#started?.coldMs ?? NaN)}`;
  }

  async #once(): Promise<number> {
    if (!this.#seat) throw new Error('not started');
    const { ms, output } = await this.#seat.run();
    this.#judge(output);
    return ms;
  }

  /** The worst agreement of all outputs is the one that counts. The reference has nothing to be judged by until later. */
  #judge(output: readonly number[]): void {
    if (!this.#expected) {
      if (this.engine !== REFERENCE) this.fail('the CPU reference gave nothing to compare with');
      return;
    }
    const found = agreement(output, this.#expected, this.#config.quantised);
    if (!this.#agreement || found.maxDiff > this.#agreement.maxDiff || !found.agrees) this.#agreement = found;
    if (!found.agrees) this.fail(`its output differs by ${found.maxDiff.toPrecision(3)} of the largest element`);
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }
}
