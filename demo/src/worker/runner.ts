/** What a model is run by. */
import type { CatalogueEntry } from '../../../src/catalogue/catalogue.ts';
import type { Preprocessing, Session, TaskOptions, TaskSource } from '../../../src/index.ts';
import type { Finding, LookOptions } from './protocol.ts';

/** What pictures are looked at by. */
export interface Runner {
  readonly session: Session;
  /** How a picture becomes the input; absent where nobody knows. */
  readonly preprocessing?: Preprocessing;
  /** What is in the picture, which stays open until then. Rejects as the task's call does. */
  readonly find: (picture: ImageBitmap | VideoFrame, options: LookOptions) => Promise<Finding>;
  readonly dispose: () => void;
}

/** What the catalogue says of a model beside what options of all tasks do. */
export type KnownModel = Pick<CatalogueEntry, 'decode' | 'parts'>;

/** Loads a model for a task. Rejects as the task's `create…` does. */
export type OpenRunner = (source: TaskSource, options: TaskOptions, known: KnownModel) => Promise<Runner>;

/** Options of a task whose outputs may mean one thing or another. */
export function headedOptions(
  options: TaskOptions,
  { decode }: KnownModel,
): TaskOptions & { readonly decode?: string } {
  return { ...options, ...(decode === undefined ? {} : { decode }) };
}

/** What a task that is a loaded model gives to every runner. */
export function common(task: {
  readonly session: Session;
  readonly preprocessing: Preprocessing;
  readonly dispose: () => void;
}): Omit<Runner, 'find'> {
  return { session: task.session, preprocessing: task.preprocessing, dispose: () => task.dispose() };
}
