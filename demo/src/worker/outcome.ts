/** Runs a call of the page and gives its result, or the error with all its fields. */
import { plainError } from './plain-error.ts';
import type { Outcome } from './protocol.ts';

/** Never rejects. */
export async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: plainError(error) };
  }
}
