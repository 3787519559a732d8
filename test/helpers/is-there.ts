/** What tests need beyond the checkout and its packages: without it they are skipped, but where a change is judged they fail. */
import { existsSync } from 'node:fs';

/** Something that tests read. */
export interface Needed {
  readonly path: string;
  /** What it is, for people. */
  readonly what: string;
  /** How to get it. */
  readonly remedy: string;
}

/**
 * Whether it is there, for `skipIf`; a warning says so where it is not. With `CI=true` nothing may be skipped: then it throws
 * Error.
 */
export function isThere({ path, what, remedy }: Needed, ci = process.env['CI']): boolean {
  if (existsSync(path)) return true;
  if (ci === 'true') throw new Error(`${what} is absent (${path}), and with CI=true no test is skipped: ${remedy}`);
  console.warn(`${what} is absent: the tests that need it are skipped (${remedy})`);
  return false;
}
