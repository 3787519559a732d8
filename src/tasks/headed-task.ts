/** Tasks that read more than one score a class: their models are bound to a head, which becomes part of the graph. */
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import { Lazy, onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { Head } from '../heads/head.ts';
import type { AttachedHead } from './attach-head.ts';
import {
  checkTaskOptions,
  TASK_OPTIONS,
  type PictureModel,
  type TaskOptions,
  type TaskSource,
} from './picture-model.ts';
import { createPictureTask } from './picture-task.ts';
import type { BoundOutput } from './real-output.ts';

/** Options of tasks whose models' outputs may mean one thing or another. */
export interface HeadedTaskOptions extends TaskOptions {
  /**
   * What the outputs mean, by the name of networks that have such: `yolov8`. Default: what the catalogue says, else what
   * their shapes and names fit.
   */
  readonly decode?: string;
}

/** What they may be. */
export const HEADED_OPTIONS: OptionRules<HeadedTaskOptions> = { ...TASK_OPTIONS, decode: 'text' };

/** What adds heads. */
const binder = new Lazy('decoders of outputs', () => import('./attach-head.ts'));

/**
 * Loads a model for a task, and adds the head that fits it. Rejects as `createPictureTask` does, and with InputError, which lists
 * the outputs and what could be read, when none fits.
 */
export async function createHeadedTask<T>(
  Task: new (model: PictureModel) => T,
  task: CatalogueEntry['task'],
  source: TaskSource | undefined,
  options: HeadedTaskOptions | undefined,
  heads: () => Promise<readonly Head[]>,
): Promise<T> {
  const { decode, ...rest } = await checkTaskOptions(task, options, HEADED_OPTIONS);
  return createPictureTask(Task, task, source, rest, async (graph, input, request) => {
    const [{ attachHead }, list] = await Promise.all([binder.load(), onDemand('decoders of outputs', heads)]);
    return attachHead(graph, input, { ...request, heads: list, decode: decode ?? request.decode });
  });
}

/** What was added to a model. */
export function headOf({ head }: PictureModel): AttachedHead {
  if (head) return head;
  throw new InputError('the model was loaded without its head', { hint: 'Use the function that creates the task' });
}

/** The outputs that stand for the results of a head, in their order, as `bind` wants them. */
export function resultNames(model: PictureModel): string[] {
  return Object.values(headOf(model).results);
}

/** Outputs, in the order of `resultNames`, by what they are. */
export function resultsOf(model: PictureModel, outputs: readonly BoundOutput[]): Readonly<Record<string, BoundOutput>> {
  const names = Object.keys(headOf(model).results);
  return Object.fromEntries(outputs.map((output, i) => [names[i] ?? '', output]));
}
