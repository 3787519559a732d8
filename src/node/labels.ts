/** The class names of a catalogue entry. */
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import { parseLabels } from '../vision/decode/classes.ts';
import { fetchCached, type FetchOptions } from './download.ts';

/**
 * Names in the order of the classes; undefined when the entry's outputs are not classes. Lists kept elsewhere are
 * downloaded, with the same errors as `fetchCached`.
 */
export async function loadLabels(
  { labels }: Pick<CatalogueEntry, 'labels'>,
  options: Omit<FetchOptions, 'sha256'> = {},
): Promise<readonly string[] | undefined> {
  if (labels === undefined || isList(labels)) return labels;
  const bytes = await fetchCached(labels.url, { ...options, sha256: labels.sha256 });
  return parseLabels(new TextDecoder().decode(bytes), labels.format);
}

/** `Array.isArray` does not narrow readonly arrays out of a union. */
function isList(labels: NonNullable<CatalogueEntry['labels']>): labels is readonly string[] {
  return Array.isArray(labels);
}
