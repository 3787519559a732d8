/** How threads are started, and where there can be any: pages and Node have workers of their own kinds. */

/**
 * Starts a worker that runs a script, and calls the function `start` which that defines with `data` and what sends a text; `told`
 * gets the text, and what the worker fails of. Gives what ends it.
 */
export type StartThread = (script: string, data: object, told: (text: string) => void) => () => void;

/** The most threads that a session can have. */
export const MOST_THREADS = 64;

/** True where threads can share memory: in pages that are isolated from others, and outside of pages. */
export function canShareMemory(): boolean {
  const page = globalThis as { readonly crossOriginIsolated?: boolean };
  return typeof SharedArrayBuffer !== 'undefined' && page.crossOriginIsolated !== false;
}
