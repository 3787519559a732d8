/** A file that a command writes. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { writeAtomically } from '../node/cache.ts';
import { reasonOf } from './tensor-files.ts';

/** Before the work, not after it: throws LoadError where the file cannot be written, or is one of those that are read. */
export function requireWritable(output: string, inputs: readonly string[], what: string): void {
  try {
    if (inputs.some((file) => resolve(file) === resolve(output))) throw new TypeError(`it is ${what}`);
    const there = statSync(output, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new TypeError('this is a folder, not a file');
    if (there && !there.isFile()) throw new TypeError('this is a device or a pipe, not a file');
    accessSync(there ? output : dirname(resolve(output)), constants.W_OK);
  } catch (cause) {
    throw notWritten(output, cause);
  }
}

/** Writes all of it, or nothing. Rejects with LoadError. */
export async function writeOutput(output: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeAtomically(output, bytes);
  } catch (cause) {
    throw notWritten(output, cause instanceof LoadError ? cause.detail.cause : cause);
  }
}

function notWritten(file: string, cause: unknown): LoadError {
  const hint = 'Name another file, in a folder that is there, with --output';
  return new LoadError(`the model cannot be written: ${reasonOf(cause)}`, { file, hint, cause });
}
