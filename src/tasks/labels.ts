/** The names of the classes: from the catalogue, or from a text file that holds one a line. */
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { labelsFile } from '../catalogue/published.ts';
import { LoadError } from '../core/errors.ts';
import { withHint } from '../core/with-hint.ts';
import type { ModelFiles } from '../formats/importer.ts';
import { parseLabels } from '../vision/decode/label-lines.ts';

/**
 * Names in the order of the classes; undefined when the entry's outputs are not classes. `read` reads a list that is kept in a
 * file, by its name beside the model. Rejects as that does.
 */
export async function entryLabels(
  { name, labels }: Pick<CatalogueEntry, 'name' | 'labels'>,
  read: ModelFiles['read'],
): Promise<readonly string[] | undefined> {
  if (labels === undefined || !('url' in labels)) return labels;
  const bytes = await read(labelsFile(labels).name).catch((error: unknown) => {
    throw withHint(error, `It names the classes of ${name}: give them as labels, or put it beside the model`);
  });
  return parseLabels(new TextDecoder().decode(bytes), labels.format);
}

/** The same, but undefined where the list cannot be read. */
export async function labelsAtHand(
  ...[entry, read]: Parameters<typeof entryLabels>
): Promise<readonly string[] | undefined> {
  try {
    return await entryLabels(entry, read);
  } catch (error) {
    if (error instanceof LoadError) return undefined;
    throw error;
  }
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
