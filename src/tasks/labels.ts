/** The names of the classes: from the catalogue, or from a text file that holds one a line. */
import type { CatalogueEntry, PinnedFile } from '../catalogue/entry.ts';
import { LoadError } from '../core/errors.ts';
import { parseLabels } from '../vision/decode/classes.ts';

/**
 * Names in the order of the classes; undefined when the entry's outputs are not classes. `read` gives the text of a list that is
 * kept elsewhere, and rejects as it likes.
 */
export async function catalogueLabels(
  { labels }: Pick<CatalogueEntry, 'labels'>,
  read: (file: PinnedFile) => Promise<string>,
): Promise<readonly string[] | undefined> {
  if (labels === undefined || !('url' in labels)) return labels;
  return parseLabels(await read(labels), labels.format);
}

/**
 * Fetches names of classes, one a line, in a page; WordNet ids before them are dropped where every line has one. Rejects with
 * LoadError, or with the signal's reason.
 */
export async function fetchLabels(
  url: string | URL,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  return parseLabels(await fetchText(url, options));
}

/** The text at an address. Rejects with LoadError when it cannot be fetched, or with the signal's reason. */
async function fetchText(
  url: string | URL,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) throw new LoadError(`${String(url)} answered ${response.status}`);
    return await response.text();
  } catch (cause) {
    if (signal?.aborted || cause instanceof LoadError) throw cause;
    throw new LoadError(`${String(url)} cannot be fetched`, { hint: 'Give the names of the classes as labels', cause });
  }
}
