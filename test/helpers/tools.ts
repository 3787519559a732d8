/**
 * Tools of others that tests run the library under: each set is installed once into the cache folder, and is never a
 * dependency of the package.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, temporaryName } from '../../src/node/cache.ts';
import { isThere } from './is-there.ts';

const QUIET = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error'];

/** One attempt more, soon: by default npm goes on for more than a minute where there is no network. */
const BRIEF = ['--fetch-retries', '1', '--fetch-retry-mintimeout', '1000'];

/** Runs npm in a folder. */
export async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('npm', [...args, ...QUIET, ...BRIEF], { cwd })).stdout;
}

/** Where some packages are installed. */
export function toolFolder(...packages: readonly string[]): string {
  return join(cacheFolder(), packages.map((given) => given.replaceAll('/', '-')).join('+'));
}

/**
 * The folder of some packages (`vite@6.4.6`); undefined, with a warning, where they cannot be installed: tests then skip.
 * Throws Error with `CI=true`, where nothing is skipped.
 */
export async function installTools(...packages: readonly string[]): Promise<string | undefined> {
  const folder = toolFolder(...packages);
  if (!existsSync(folder)) await install(folder, packages);
  return isThere({ path: folder, what: packages.join(', '), remedy: 'npm installs it where it can be reached' })
    ? folder
    : undefined;
}

async function install(folder: string, packages: readonly string[]): Promise<void> {
  const partial = temporaryName(folder);
  try {
    await mkdir(partial, { recursive: true });
    await npm(partial, 'install', '--ignore-scripts', '--no-save', '--prefix', partial, ...packages);
    // Another process may have been first.
    await rename(partial, folder).catch((cause: unknown) => {
      if (!existsSync(folder)) throw cause;
    });
  } catch (error) {
    console.warn(`${packages.join(', ')} cannot be installed: ${String(error)}`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
