/** A folder that a command writes files into. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { makeFolder } from '../node/cache.ts';
import { reasonOf } from './tensor-files.ts';

/** What `--output-dir` names. Whatever cannot be written is a LoadError that names the folder. */
export class OutputFolder {
  readonly #folder: string;
  readonly #what: string;
  readonly #taken = new Set<string>();

  /** Makes the folder where it is missing. `what` is for messages: `the outputs`. */
  constructor(folder: string, what: string) {
    this.#folder = folder;
    this.#what = what;
    this.#trying(() => {
      makeFolder(resolve(folder), 0o777);
      readdirSync(folder); // a file of this name is no folder
    });
  }

  /** Writes a file and gives its path. */
  write(name: string, content: Uint8Array | string): string {
    const file = join(this.#folder, name);
    this.#trying(() => writeFileSync(file, content));
    return file;
  }

  /**
   * A file name that was not given before, also where case does not count: `stem` with everything but letters, digits, `.`,
   * `_` and `-` replaced, and `ending`.
   */
  freeName(stem: string, ending: string): string {
    const safe =
      stem
        .replace(/[^A-Za-z0-9._-]+/g, '_')
        .replace(/^\.+/, '')
        .slice(0, 100) || 'output';
    let file = `${safe}${ending}`;
    for (let i = 1; this.#taken.has(file.toLowerCase()); i++) file = `${safe}_${i}${ending}`;
    this.#taken.add(file.toLowerCase());
    return file;
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw new LoadError(`${this.#what} cannot be written: ${reasonOf(cause)}`, {
        file: this.#folder,
        hint: 'Name another folder with --output-dir',
        cause,
      });
    }
  }
}
