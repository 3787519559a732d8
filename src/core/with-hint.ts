/** More to be said of an error by those who know why something was wanted. */
import { LoadError } from './errors.ts';

/** The same LoadError with a further sentence in its hint; any other error as it is. */
export function withHint(error: unknown, further: string): unknown {
  if (!(error instanceof LoadError)) return error;
  const { hint } = error.detail;
  return new LoadError(error.reason, { ...error.detail, hint: hint === undefined ? further : `${hint}. ${further}` });
}
