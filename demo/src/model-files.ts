/** Sorts what was dropped: pictures from models, and a model's main file from its companions. */

import { modelExtensions } from '../../src/index.ts';

/** Dropped files by what they are for. */
export interface Sorted<F> {
  readonly pictures: readonly F[];
  /** The main file first, by how files are called; empty when there is no model. */
  readonly model: readonly F[];
}

/** What of a File is looked at. */
export interface NamedFile {
  readonly name: string;
  readonly type: string;
}

const PICTURE = /\.(jpe?g|png|webp|bmp|gif|avif)$/i;

/** Main files come first, by how their names end. JSON may be anything, unless it is called as a model is. */
const RANKS: readonly RegExp[] = [
  /^model.*\.json$/i,
  ...modelExtensions()
    .toSorted((a, b) => Number(a === '.json') - Number(b === '.json'))
    .map((extension) => new RegExp(`\\${extension}$`, 'i')),
];

/** Pictures by their type or name; everything else belongs to a model. */
export function sortFiles<F extends NamedFile>(files: readonly F[]): Sorted<F> {
  const isPicture = ({ name, type }: F): boolean => type.startsWith('image/') || PICTURE.test(name);
  const rank = ({ name }: F): number => {
    const found = RANKS.findIndex((pattern) => pattern.test(name));
    return found < 0 ? RANKS.length : found;
  };
  const model = files.filter((file) => !isPicture(file)).sort((a, b) => rank(a) - rank(b));
  return { pictures: files.filter(isPicture), model };
}
