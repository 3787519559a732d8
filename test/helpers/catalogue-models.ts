/** The files of models of the catalogue, where this machine has them: in packages, or among the shared test data. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cutPart } from '../../src/catalogue/cut-part.ts';
import type { CatalogueEntry } from '../../src/catalogue/entry.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { unwrapped } from '../../src/formats/wrapped-script.ts';
import { readBeside } from '../../src/node/beside.ts';
import { packagedBytes, packageFolder } from './npm-cache.ts';
import { hasSharedData, sharedModel, sharedPath } from './shared-data.ts';

/** The paths of the shared test data, by SHA-256. */
const shared = new Map(
  hasSharedData
    ? readFileSync(sharedPath('SHA256SUMS'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/) as [string, string])
    : [],
);

/** The path of a file of the shared test data with this SHA-256. */
export function sharedFile(sha256: string): string | undefined {
  return shared.get(sha256);
}

/** The files of an entry, as the library opens them; undefined, and a warning was given, where they cannot be had. */
export async function catalogueModel({
  source,
  labels,
}: Pick<CatalogueEntry, 'source' | 'labels'>): Promise<ModelFiles | undefined> {
  if (source.kind === 'url') {
    const path = sharedFile(source.sha256);
    return path === undefined ? undefined : withLabels(sharedModel(path), labels);
  }
  const bytes = await packagedBytes(source);
  const folder = await packageFolder(source.package, source.version);
  if (!bytes || folder === undefined) return undefined;
  return unwrapped({
    main: cutPart({ name: basename(source.path), bytes }, source.part),
    read: (name) => readBeside(join(folder, dirname(source.path)), name),
  });
}

/** The files, with the list of classes beside them that lies elsewhere. */
function withLabels(files: ModelFiles, labels: CatalogueEntry['labels']): ModelFiles {
  const list = labels && 'url' in labels ? sharedFile(labels.sha256) : undefined;
  if (list === undefined || !labels || !('url' in labels)) return files;
  const name = basename(labels.url);
  return {
    ...files,
    read: (wanted) => (wanted === name ? sharedModel(list).read(basename(list)) : files.read(wanted)),
  };
}
