/** The library as others get it: built and packed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './tools.ts';

const root = join(import.meta.dirname, '../..');

/** Packs the library into a folder; the path of the tarball. Rejects with Error when it does not build. */
export async function packLibrary(folder: string): Promise<string> {
  await npm(root, 'pack', '--pack-destination', folder);
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return join(folder, tarball);
}

/** Installs the tarball into a folder that has a package.json. */
export async function installLibrary(folder: string, tarball: string): Promise<void> {
  await npm(folder, 'install', '--prefer-offline', tarball);
}
