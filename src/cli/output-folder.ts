/** A folder that a command writes files into. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { makeFolder } from '../node/cache.ts';
import { reasonOf } from './tensor-files.ts';

/** What `--output-dir` names. Whatever cannot be written is a LoadError that names the folder. */
export class OutputFolder {
  readonly #folder: string;
  readonly #what: string;
  readonly #taken = new Set<string>();
  readonly #inputs: ReadonlySet<string | undefined>;

  /** Makes the folder where it is missing. `what` is for messages: `the outputs`. No free name is that of one of `inputs`. */
  constructor(folder: string, what: string, inputs: readonly string[]) {
    this.#folder = folder;
    this.#what = what;
    this.#inputs = new Set(inputs.map(identityOf));
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
   * A file name that was not given before, also where case does not count, and is no input's: `stem` with everything but
   * letters, digits, `.`, `_` and `-` replaced, and `ending`.
   */
  freeName(stem: string, ending: string): string {
    const safe =
      stem
        .replace(/[^A-Za-z0-9._-]+/g, '_')
        .replace(/^\.+/, '')
        .slice(0, 100) || 'output';
    let file = `${safe}${ending}`;
    for (let i = 1; this.#taken.has(file.toLowerCase()) || this.#isInput(file); i++) file = `${safe}_${i}${ending}`;
    this.#taken.add(file.toLowerCase());
    return file;
  }

  #isInput(name: string): boolean {
    const identity = identityOf(join(this.#folder, name));
    return identity !== undefined && this.#inputs.has(identity);
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

/** The same for all paths that lead to one file, links and other spellings among them; undefined where there is none. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
