/** Tasks of one's own, by the mechanism of those that come with the engine. */
import type { CatalogueTask } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import type { Head } from '../heads/head.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { createHeadedTask, resultNames, type HeadedTaskOptions } from './headed-task.ts';
import type { PictureModel, TaskSource } from './picture-model.ts';
import { createPictureTask, PictureTask, type PictureRunOptions, type PictureTaskDefinition } from './picture-task.ts';

/** What a task of one's own says of itself. */
export interface TaskDefinition<Options extends PictureRunOptions, Answer> extends Omit<
  PictureTaskDefinition<Options, Answer>,
  'bind'
> {
  /** The outputs that are read, by name. Throws InputError, which names those there are, for a model that has none such. */
  readonly bind?: (model: PictureModel) => readonly string[];
  /** @internal What models' outputs may mean, in the order in which they are tried; the option `decode` names one. */
  readonly heads?: readonly Head[];
  /** Whose models of the catalogue it takes by name. */
  readonly task?: CatalogueTask;
}

/** A loaded model that does a task of one's own. */
export class DefinedTask<Options extends PictureRunOptions, Answer> extends PictureTask<Options, Answer> {
  /** The answer for a picture, or those for several. Rejects as `Session.run` does, and as the task decodes. */
  answer(picture: PictureSource | PictureFile, options: Options): Promise<Answer>;
  answer(pictures: readonly (PictureSource | PictureFile)[], options: Options): Promise<Answer[]>;
  async answer(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: Options,
  ): Promise<Answer | Answer[]> {
    return this.runAll(pictures, options);
  }
}

/** Loads a model for a task: see `definePictureTask`. */
export type TaskCreator<Options extends PictureRunOptions, Answer> = (
  source?: TaskSource,
  options?: HeadedTaskOptions,
) => Promise<DefinedTask<Options, Answer>>;

/**
 * Defines a task on pictures: what it reads of a model, and what it makes of that. Gives the function that loads a model for it, as
 * `createClassifier` is one; see `TaskSource` for what it takes.
 *
 * A depth estimator, say: `definePictureTask({ call: 'depth', options: {}, bind: ({ session }) => [session.outputs[0].name],
 * decode: ([map]) => map })`.
 */
export function definePictureTask<Options extends PictureRunOptions, Answer>({
  heads,
  task = 'classification',
  bind = heads && resultNames,
  ...definition
}: TaskDefinition<Options, Answer>): TaskCreator<Options, Answer> {
  if (!bind)
    throw new InputError(`the task "${definition.call}" does not say which outputs it reads`, { hint: 'Give bind' });
  const complete = { ...definition, bind };
  class Task extends DefinedTask<Options, Answer> {
    constructor(model: PictureModel) {
      super(complete, model);
    }
  }
  return (source, options) =>
    heads
      ? createHeadedTask(Task, task, source, options, () => Promise.resolve(heads))
      : createPictureTask(Task, task, source, options);
}
