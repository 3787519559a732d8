/** The folder where tilewise keeps what it unpacked or downloaded, and atomic writes into it. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { homeFolder } from './home.ts';

/**
 * A writable cache folder of this user, made when missing: TILEWISE_CACHE, else `tilewise` in XDG_CACHE_HOME or
 * `~/.cache`, else one in the system's folder for temporary files. Throws LoadError when none can be written.
 */
export function cacheFolder(): string {
  const folders = candidates();
  const folder = folders.find(isUsable);
  if (folder !== undefined) return folder;
  throw new LoadError(`no writable cache folder: tried ${folders.join(' and ')}`, {
    hint: 'Set TILEWISE_CACHE to a folder you can write to',
  });
}

/** The folder that files are taken from instead of the network: the one named, else TILEWISE_MIRROR; undefined without any. */
export function mirrorFolder(named: string | undefined): string | undefined {
  return named ?? (process.env['TILEWISE_MIRROR'] || undefined);
}

/** The path of what is in the cache already, also where that cannot be written, as in an image of a container; else undefined. */
export function cachedPath(...path: readonly string[]): string | undefined {
  const folders = candidates().filter(isTrusted);
  // What can be written comes first: it may be newer.
  const inOrder = folders.toSorted((a, b) => Number(isWritable(b)) - Number(isWritable(a)));
  return inOrder.map((folder) => join(folder, ...path)).find((file) => existsSync(file));
}

/** Best first. */
function candidates(): string[] {
  const named = process.env['TILEWISE_CACHE'];
  if (named) return [named];
  const home = process.env['XDG_CACHE_HOME'] || join(homeFolder(), '.cache');
  return [join(home, 'tilewise'), join(tmpdir(), `tilewise-${process.getuid?.() ?? -1}`)];
}

/** Writes a file so that readers see either nothing or all of it, whichever processes write at the same time. */
export async function writeAtomically(file: string, bytes: Uint8Array | string): Promise<void> {
  const partial = temporaryName(file);
  try {
    makeFolder(dirname(file), 0o777);
    await writeFile(partial, bytes);
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new LoadError('cannot be written', { file, cause, hint: cause instanceof Error ? cause.message : undefined });
  }
}

/** A name beside `path` that no other process uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

function isUsable(folder: string): boolean {
  try {
    makeFolder(folder);
  } catch {
    return false;
  }
  return isWritable(folder) && isTrusted(folder);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder in the shared temporary directory counts only if it is this user's own, so that nobody else can plant files. */
function isTrusted(folder: string): boolean {
  try {
    const { uid } = lstatSync(folder);
    return !folder.startsWith(tmpdir()) || uid === (process.getuid?.() ?? uid);
  } catch {
    return false;
  }
}

/**
 * Like a recursive `mkdirSync`, which never returns where the parent exists but refuses with ENOENT, as in /proc. The
 * folder is private to this user unless `mode` says otherwise.
 */
export function makeFolder(folder: string, mode = 0o700): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!existsSync(folder)) throw error; // Otherwise another process was faster.
  }
}
