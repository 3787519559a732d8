/**
 * Models people can name instead of pointing at a file: where the trained weights are published, how a picture becomes
 * their input, and what their outputs mean. Plain data: nothing here is fetched until a session asks for it.
 */
import { InputError } from '../core/errors.ts';
import { nearestWithin } from '../util/nearest-name.ts';
import { DETECTORS } from './entries/detection.ts';
import { DIGIT_CLASSIFIERS } from './entries/digits.ts';
import { UPSCALERS } from './entries/enlarging.ts';
import { FACE_PARTS } from './entries/face-parts.ts';
import { FACE_DETECTORS } from './entries/faces.ts';
import { HAND_MODELS } from './entries/hands.ts';
import { IMAGENET_CLASSIFIERS } from './entries/imagenet.ts';
import { PEOPLE_MASKS } from './entries/people.ts';
import { POSE_MODELS } from './entries/poses.ts';
import { SAFETY_CLASSIFIERS } from './entries/safety.ts';
import { TEXT_DETECTORS } from './entries/text.ts';
import type { CatalogueEntry, CatalogueTask } from './entry.ts';

export type { CatalogueEntry, CatalogueLabels, CatalogueSource, PinnedFile } from './entry.ts';

/** In the order in which lists show them: task by task, what judges people's pictures last. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...DETECTORS,
  ...POSE_MODELS,
  ...FACE_DETECTORS,
  ...FACE_PARTS,
  ...HAND_MODELS,
  ...PEOPLE_MASKS,
  ...UPSCALERS,
  ...TEXT_DETECTORS,
  ...IMAGENET_CLASSIFIERS,
  ...DIGIT_CLASSIFIERS,
  ...SAFETY_CLASSIFIERS,
];

/** The entry of this name, if the catalogue has it. */
export function findEntry(name: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.name === name);
}

/** Whether a model is for this task, among others. */
export function isFor({ task, also = [] }: CatalogueEntry, asked: CatalogueTask): boolean {
  return task === asked || also.includes(asked);
}

/** The model that a task takes where none is named. Throws InputError for a task that has no such. */
export function defaultModel(task: CatalogueTask): CatalogueEntry {
  const found = CATALOGUE.find((entry) => entry.default && isFor(entry, task));
  if (found) return found;
  throw new InputError(`no model was given, and the catalogue has no usual one for ${task}`);
}

/** The entry of this name; without one the default detector. Throws as `unknownModel` says. */
export function findModel(name?: string): CatalogueEntry {
  if (name === undefined) return defaultModel('detection');
  const found = findEntry(name);
  if (found) return found;
  throw unknownModel(name, CATALOGUE);
}

/** The error for a name that the catalogue does not have, with the one of these entries that was meant, or all of them. */
export function unknownModel(name: string, entries: readonly CatalogueEntry[]): InputError {
  const names = entries.map((entry) => entry.name);
  const meant = nearestWithin(name, names);
  return new InputError(`no model "${name}" in the catalogue`, {
    hint: meant === undefined ? `It has ${names.join(', ')}` : `Did you mean ${meant}?`,
  });
}
