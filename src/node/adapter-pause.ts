/**
 * Rests between Dawn's polls. While a promise of the GPU is pending, Dawn for Node asks for news in every turn of the event
 * loop, without a pause: on a software adapter that takes a processor core away from the very work it waits for.
 * Resting between the turns makes MobileNet v2 on two cores 1.7 times as fast.
 */

/** How long one rest lasts, in milliseconds: short beside a network, long beside a poll. */
const REST_MS = 0.2;

/** What gives a promise that Dawn polls for: class and method. */
const PENDING: readonly (readonly [className: string, method: string])[] = [
  ['GPUBuffer', 'mapAsync'],
  ['GPUQueue', 'onSubmittedWorkDone'],
  ['GPUDevice', 'createComputePipelineAsync'],
];

type Method = (this: unknown, ...args: unknown[]) => Promise<unknown>;

const patched = new WeakSet<object>();
let pending = 0;
let resting = false;

/**
 * Makes the event loop of this process rest while GPU work is pending. For software adapters: real GPUs need no core, and
 * a rest would delay their answer. `globals` are Dawn's classes, which all its users in the process share.
 */
export function restWhilePending(globals: object): void {
  const classes = new Map<string, { readonly prototype?: Record<string, Method> }>(Object.entries(globals));
  for (const [className, method] of PENDING) {
    const prototype = classes.get(className)?.prototype;
    const original = prototype?.[method];
    if (!prototype || !original || patched.has(original)) continue;
    const paused: Method = function (...args) {
      const promise = original.apply(this, args);
      pending++;
      // One rest a turn, however soon a promise follows another.
      if (!resting) setImmediate(rest);
      resting = true;
      const settled = (): void => {
        pending--;
      };
      promise.then(settled, settled);
      return promise;
    };
    patched.add(paused);
    prototype[method] = paused;
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

function rest(): void {
  resting = pending > 0;
  if (!resting) return;
  Atomics.wait(never, 0, 0, REST_MS);
  setImmediate(rest);
}
