/** Threads that share the units of a call: workers on the same memory, which take parts of the work until none is left. */
import { DeviceError, InputError } from '../../core/errors.ts';
import { canShareMemory, MOST_THREADS, type StartThread } from '../../core/start-thread.ts';
import type { KernelStep, SimdPlan } from '../../simd/plan.ts';
import type { Kernel } from './kernel.ts';
import { moduleOf, type KernelModule } from './modules.ts';
import { COUNTED, LOOKS, THREAD_SCRIPT, WORDS, type ThreadData } from './pool-script.ts';

/** Parts of a call for each thread: some take longer than others. */
const PARTS = 4;

/** Milliseconds that one part may take before the thread that has it counts as lost. */
const PATIENCE_MS = 60_000;

/** The threads beside the one that a run is on. */
export class ThreadPool {
  readonly #words: Int32Array;
  readonly #threads: number;
  readonly #canWait: boolean;
  readonly #ends: readonly (() => void)[];
  #work = 0;

  /** Starts them. Rejects with DeviceError NO_DEVICE where workers are refused. */
  static async start(
    plan: SimdPlan,
    { memory, modules }: Pick<ThreadData, 'memory'> & { modules: ReadonlyMap<KernelModule, WebAssembly.Module> },
    startThread: StartThread = startInPage,
  ): Promise<ThreadPool> {
    const words = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * Object.keys(WORDS).length));
    const steps = plan.steps.map((step) => {
      if (step.kind === 'reference') return null;
      const { kernel, params } = step;
      return [moduleOf(kernel), kernel.slice(kernel.indexOf('/') + 1), params] as const;
    });
    const ends: (() => void)[] = [];
    const started = plan.scratch.slice(1).map((scratch) => {
      const data: ThreadData = { memory, modules: [...modules], steps, words, scratch };
      return new Promise<void>((resolve, reject) => {
        const told = (text: string): void => (text === '' ? resolve() : reject(new Error(text)));
        ends.push(startThread(THREAD_SCRIPT, data, told));
      });
    });
    try {
      await Promise.all(started);
    } catch (cause) {
      for (const end of ends) end();
      throw new DeviceError('NO_DEVICE', `threads cannot be started (${String(cause)})`, {
        hint: "Let the page's Content-Security-Policy have blob: in worker-src, or leave out the option threads",
        cause,
      });
    }
    return new ThreadPool(words, ends);
  }

  private constructor(words: Int32Array, ends: readonly (() => void)[]) {
    this.#words = words;
    this.#ends = ends;
    this.#threads = ends.length + 1;
    this.#canWait = canWait(words);
  }

  /**
   * Does units `begin` to `end` of a step, of which all threads take parts. Throws DeviceError DEVICE_LOST when one of them
   * fails.
   */
  run(
    position: number,
    { params, scratch, kernel }: Pick<KernelStep, 'params'> & { scratch: number; kernel: Kernel },
    [begin, end]: readonly [number, number],
  ): void {
    const words = this.#words;
    const parts = Math.min(end - begin, this.#threads * PARTS, 2 ** COUNTED - 1);
    Atomics.store(words, WORDS.done, 0);
    Atomics.store(words, WORDS.step, position);
    Atomics.store(words, WORDS.begin, begin);
    Atomics.store(words, WORDS.end, end);
    Atomics.store(words, WORDS.parts, parts);
    // The work gets its number last: who sees it sees the rest.
    this.#work = (this.#work + 1) % 2 ** (31 - COUNTED);
    Atomics.store(words, WORDS.work, this.#work * 2 ** COUNTED + parts);
    Atomics.notify(words, WORDS.work);
    const from = (part: number): number => begin + Math.floor(((end - begin) * part) / parts);
    for (;;) {
      const work = Atomics.load(words, WORDS.work);
      const left = work & (2 ** COUNTED - 1);
      if (left === 0) break;
      if (Atomics.compareExchange(words, WORDS.work, work, work - 1) !== work) continue;
      kernel(params, from(left - 1), from(left), scratch);
      Atomics.add(words, WORDS.done, 1);
    }
    this.#await(parts);
  }

  /** Waits until all parts are done: looking, since a page's own thread must not sleep, and elsewhere asleep after a while. */
  #await(parts: number): void {
    const words = this.#words;
    const patient = performance.now() + PATIENCE_MS;
    for (let looks = 1; ; looks++) {
      const done = Atomics.load(words, WORDS.done);
      if (done === parts) break;
      if (looks % LOOKS > 0) continue;
      if (this.#canWait) Atomics.wait(words, WORDS.done, done, 1);
      if (performance.now() > patient) Atomics.store(words, WORDS.failed, 1);
      if (Atomics.load(words, WORDS.failed) > 0) break;
    }
    if (Atomics.load(words, WORDS.failed) > 0)
      throw new DeviceError('DEVICE_LOST', 'a thread of the WASM backend failed');
  }

  /** Ends them. */
  dispose(): void {
    for (const end of this.#ends) end();
  }
}

/** Throws InputError for a number of threads that there cannot be, and where they could not share memory. */
export function checkThreads(threads: number): void {
  if (threads > MOST_THREADS) throw new InputError(`the option threads is ${threads}, more than ${MOST_THREADS}`);
  if (canShareMemory()) return;
  throw new InputError('threads need shared memory, which this page has not', {
    hint:
      'Serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, ' +
      'or leave out the option threads',
  });
}

/** True where this thread may sleep: not where a page draws. */
function canWait(words: Int32Array): boolean {
  try {
    Atomics.wait(words, WORDS.failed, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** As pages do, and Deno. */
function startInPage(script: string, data: object, told: (text: string) => void): () => void {
  const text = `${script}\nonmessage = (event) => start(event.data, (text) => postMessage(text));`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<string>) => told(event.data));
  worker.addEventListener('error', ({ message }) => told(message || 'a worker is refused here'));
  worker.postMessage(data, []);
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}
