/**
 * Files of npm packages that are no dependencies of this one: from `node_modules` where the version is there, else installed
 * once into the cache folder. Tests skip where neither can be had.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedPackage } from '../../src/node/packages.ts';
import { installTools } from './tools.ts';

/** A file of a package, by the path inside it. */
export interface PackagedFile {
  readonly package: string;
  readonly version: string;
  readonly path: string;
  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** What was asked for: without a network nothing is waited for twice. */
const asked = new Map<string, Promise<string | undefined>>();

/** The folder of one version of a package; undefined, with a warning, where it cannot be installed. Rejects as `installTools`. */
export async function packageFolder(name: string, version: string): Promise<string | undefined> {
  const installed = installedPackage(name);
  if (installed?.version === version) return installed.folder;
  const wanted = `${name}@${version}`;
  const found = asked.get(wanted) ?? installTools(wanted);
  asked.set(wanted, found);
  const tools = await found;
  return tools && join(tools, 'node_modules', name);
}

/** The bytes of a file; undefined where its package cannot be had. Rejects with Error for another SHA-256. */
export async function packagedBytes(file: PackagedFile): Promise<Uint8Array | undefined> {
  const folder = await packageFolder(file.package, file.version);
  if (folder === undefined) return undefined;
  const bytes = new Uint8Array(readFileSync(join(folder, file.path)));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === file.sha256) return bytes;
  throw new Error(`${file.package}@${file.version}/${file.path} has the SHA-256 ${found}`);
}
