/** Writes the service worker of a built site, with the list of files that the page needs when there is no network. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';
import { MODEL_FOLDER } from '../src/site.ts';

const SERVICE_WORKER = 'sw.js';

/** Only for builds: while serving, a cache would hide what is being edited. */
export function offline(): Plugin {
  return {
    name: 'tilewise-offline',
    apply: 'build',
    writeBundle: ({ dir }) => {
      if (dir === undefined) return;
      const files = filesUnder(dir).filter((path) => path !== SERVICE_WORKER && !path.startsWith('api/'));
      const shell = files.filter((path) => !path.startsWith(MODEL_FOLDER));
      const models = files.filter((path) => path.startsWith(MODEL_FOLDER));
      const site = { version: versionOf(dir, files), shell: ['./', ...shell], models };
      const text = readFileSync(join(import.meta.dirname, 'service-worker.js'), 'utf8');
      writeFileSync(join(dir, SERVICE_WORKER), `const SITE = ${JSON.stringify(site)};\n${text}`);
    },
  };
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Changes when any file does. */
function versionOf(dir: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of files) hash.update(path).update(readFileSync(join(dir, path)));
  return hash.digest('hex').slice(0, 12);
}
