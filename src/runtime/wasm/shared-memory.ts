/** Modules for memory that threads share. */

/** How a module says that it imports `env.memory`, a memory, which has a maximum and is not shared; and the last, where it is. */
const MEMORY_IMPORT = [3, ...bytesOf('env'), 6, ...bytesOf('memory'), 2, 1];
const SHARED_LIMITS = 3;

function bytesOf(text: string): number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}

/** Makes a module that imports `env.memory` take memory that is shared: what it is compiled from says which it takes. */
export function takeSharedMemory(bytes: Uint8Array): void {
  const begin = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, k) => bytes[i + k] === byte));
  if (begin < 0) throw new TypeError('the module imports no memory');
  bytes[begin + MEMORY_IMPORT.length - 1] = SHARED_LIMITS;
}
