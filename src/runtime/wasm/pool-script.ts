/** What a thread of the pool runs: plain text, since a page, Node and Deno each start a worker in their own way. */

/** Positions in the words that threads share. */
export const WORDS = {
  /** Its low bits count the parts of the present work that nobody has taken; the others, which work it is. */
  work: 0,
  /** Parts that are done. */
  done: 1,
  /** Set by a thread whose kernel traps. */
  failed: 2,
  /** The work: position of the step, units from `begin` to `end`, in so many parts. */
  step: 3,
  begin: 4,
  end: 5,
  parts: 6,
} as const;

/** Bits of `work` that count. What the others number returns to a value after four million pieces of work. */
export const COUNTED = 10;

/** Looks at a word before a thread sleeps: some tens of microseconds, as long as the next step may be in coming. */
export const LOOKS = 20_000;

/** What a thread is given. */
export interface ThreadData {
  readonly memory: WebAssembly.Memory;
  /** In the order of instances: `activation` comes first, where it is needed, which the others import. */
  readonly modules: readonly (readonly [name: string, module: WebAssembly.Module])[];
  /** By position of the step: module and name of its kernel, and the address of its parameters. */
  readonly steps: readonly (readonly [module: string, name: string, params: number] | null)[];
  readonly words: Int32Array;
  /** Address of the thread's own memory. */
  readonly scratch: number;
}

/**
 * Defines `start(data, tell)`, which calls `tell('')` once it can work, and never returns. A part is taken by counting `work`
 * down, which succeeds only where the work is still the one that was read.
 */
export const THREAD_SCRIPT = `function start({ memory, modules, steps, words, scratch }, tell) {
  const env = { memory, activateRow() { throw new TypeError('there are no activations'); } };
  const all = {};
  for (const [name, module] of modules) {
    all[name] = new WebAssembly.Instance(module, { env }).exports;
    if (name === 'activation') Object.assign(env, all[name]);
  }
  const kernels = steps.map((step) => step && all[step[0]][step[1]]);
  const read = (position) => Atomics.load(words, position);
  tell('');
  for (let looks = 0; ; ) {
    const work = read(${WORDS.work});
    const left = work & ${2 ** COUNTED - 1};
    if (left === 0) {
      if (++looks < ${LOOKS}) continue;
      Atomics.wait(words, ${WORDS.work}, work);
      looks = 0;
      continue;
    }
    looks = 0;
    const [step, begin, end, parts] = [${WORDS.step}, ${WORDS.begin}, ${WORDS.end}, ${WORDS.parts}].map(read);
    if (Atomics.compareExchange(words, ${WORDS.work}, work, work - 1) !== work) continue;
    const from = (part) => begin + Math.floor(((end - begin) * part) / parts);
    try {
      kernels[step](steps[step][2], from(left - 1), from(left), scratch);
    } catch {
      Atomics.store(words, ${WORDS.failed}, 1);
    }
    if (Atomics.add(words, ${WORDS.done}, 1) + 1 === parts) Atomics.notify(words, ${WORDS.done});
  }
}`;
