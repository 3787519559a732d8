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
    const resting: Method = function (...args) {
      const promise = original.apply(this, args);
      if (pending++ === 0) setImmediate(rest);
      const settled = (): void => {
        pending--;
      };
      promise.then(settled, settled);
      return promise;
    };
    patched.add(resting);
    prototype[method] = resting;
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

function rest(): void {
  if (pending === 0) return;
  Atomics.wait(never, 0, 0, REST_MS);
  setImmediate(rest);
}
