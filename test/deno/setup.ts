/** Installs Deno into the cache folder, once for all test files: it is never a dependency of the package. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, temporaryName } from '../../src/node/cache.ts';

/** What is installed, and where. */
export const DENO_PACKAGE = 'deno@2.9.6';
export const DENO_FOLDER = join(cacheFolder(), DENO_PACKAGE);

/** What goes wrong here, without a network say, the tests tell: they look for what should be there. */
export default async function setup(): Promise<void> {
  if (existsSync(DENO_FOLDER)) return;
  const partial = temporaryName(DENO_FOLDER);
  const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'];
  try {
    await mkdir(partial, { recursive: true });
    await promisify(execFile)('npm', ['install', ...flags, '--prefix', partial, DENO_PACKAGE]);
    await rename(partial, DENO_FOLDER);
  } catch (error) {
    console.warn(`${DENO_PACKAGE} could not be installed: ${String(error)}`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
