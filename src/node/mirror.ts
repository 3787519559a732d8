/** A folder that files are taken from instead of the network. */
import { readdir } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { LoadError } from '../core/errors.ts';
import { decoded, fileName, readIfThere, sha256, wrongChecksum } from './checked-file.ts';

/** What the mirror folder has of an address. Throws LoadError where it has nothing, or something else. */
export async function fromMirror(url: URL, mirror: string, expected: string | undefined): Promise<Uint8Array> {
  const root = resolve(mirror);
  const path = decoded(url.pathname).slice(1);
  const candidates = [...(expected === undefined ? [] : [expected]), join(url.host, path), path, fileName(url)];
  const inside = [...new Set(candidates.map((c) => resolve(root, c)))].filter((c) => c.startsWith(root + sep));
  for (const file of inside) {
    const bytes = await readIfThere(file);
    if (!bytes) continue;
    const actual = sha256(bytes);
    if (expected !== undefined && actual !== expected) throw wrongChecksum(file, expected, actual);
    return bytes;
  }
  const renamed = expected === undefined ? undefined : await byContent(root, extname(path), expected);
  if (renamed) return renamed;
  throw new LoadError(`the mirror folder ${mirror} does not hold it`, {
    file: url.href,
    hint: `Put it there${expected === undefined ? ` as ${fileName(url)}` : `, as ${fileName(url)} or under another name ending in "${extname(path)}"`}`,
  });
}

/** A file that somebody collected under a name of their own: that of this checksum, among those directly in the folder. */
async function byContent(folder: string, ending: string, expected: string): Promise<Uint8Array | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || extname(entry.name) !== ending) continue;
    const bytes = await readIfThere(join(folder, entry.name));
    if (bytes && sha256(bytes) === expected) return bytes;
  }
  return undefined;
}
