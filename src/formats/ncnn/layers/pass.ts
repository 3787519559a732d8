/** Where blobs come from, and how they are handed on. */
import type { NcnnContext } from '../context.ts';

/** Hands a blob on as it is, to each that reads it. */
export function split(c: NcnnContext): string[] {
  const x = c.input();
  return Array.from({ length: c.outputCount }, () => c.one('Identity', [x], {}));
}

/** Gives its blobs on as they are. */
function noop(c: NcnnContext): string[] {
  if (c.outputCount > c.inputCount) c.fail(`makes ${c.outputCount} blobs of ${c.inputCount}`);
  return c
    .inputs()
    .slice(0, c.outputCount)
    .map((x) => c.one('Identity', [x], {}));
}

/** Rows. */
export const PASS = { Split: split, Noop: noop, Dropout: dropout };

/** Training is over: what is left is a factor, which most files do not have. */
function dropout(c: NcnnContext): string {
  const scale = c.float(0, 1);
  const x = c.input();
  return scale === 1 ? c.one('Identity', [x], {}) : c.binary('mul', x, c.scalar('float32', scale));
}
