/** Files that a model names beside itself: read only as plain files, below its folder, without following links. */
import { constants, lstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { outsideFolder } from '../session/companion.ts';
import { unreadableFile } from './unreadable.ts';

/** Neither the last link is followed, where the system has that, nor is there a wait for who writes into a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads the file `name`, relative to `folder`. Rejects with LoadError for a name that leads elsewhere (absolute, with `..`, a
 * drive or scheme), for what is a link, or reached through one below `folder`, and for anything but a plain file.
 */
export async function readBeside(folder: string, name: string): Promise<Uint8Array> {
  if (leadsElsewhere(name)) throw outsideFolder(folder, name);
  const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  const file = join(folder, ...parts);
  parts.forEach((_, i) => requireNoLink(join(folder, ...parts.slice(0, i + 1))));
  try {
    const handle = await open(file, FLAGS);
    try {
      if (!(await handle.stat()).isFile()) throw notPlain(file, 'a folder, a device or a pipe');
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof LoadError ? cause : await unreadableFile(file, cause);
  }
}

function leadsElsewhere(name: string): boolean {
  const rooted = /^[/\\]|^[a-z][a-z\d+.-]*:/i.test(name);
  return name === '' || rooted || name.includes('\0') || name.split(/[/\\]/).includes('..');
}

function requireNoLink(path: string): void {
  let isLink = false;
  try {
    isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    // Opening it says what is wrong.
  }
  if (isLink) throw notPlain(path, 'a symbolic link, and may lead anywhere');
}

function notPlain(file: string, what: string): LoadError {
  return new LoadError(`this is ${what}`, {
    file,
    hint: 'What a model names must be a plain file: copy it there',
  });
}
