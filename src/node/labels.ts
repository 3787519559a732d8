/** The class names of a catalogue entry. */
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import { catalogueLabels } from '../tasks/labels.ts';
import { download, type FetchOptions } from './download.ts';

/**
 * Names in the order of the classes; undefined when the entry's outputs are not classes. Lists kept elsewhere are
 * downloaded, with the same errors as `fetchCached`.
 */
export async function loadLabels(
  entry: Pick<CatalogueEntry, 'labels'>,
  options: Omit<FetchOptions, 'sha256'> = {},
): Promise<readonly string[] | undefined> {
  return catalogueLabels(entry, async ({ url, sha256 }) =>
    new TextDecoder().decode(await download(url, { ...options, sha256 })),
  );
}
