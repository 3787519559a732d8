/** What a command feeds a model that it only times or checks: given files, else seeded numbers. */
import type { Command } from 'commander';
import type { Tensor } from '../core/tensor.ts';
import { collect, parseFeed, parseInputShapes, parseSeed } from './arguments.ts';
import { preparation } from './picture-task.ts';
import { seededFeeds } from './seeded-feeds.ts';
import { addInputShapeOption, type LoadedModel } from './session.ts';
import { readFeeds } from './tensor-files.ts';

/** Options of `feedsOf`. */
export interface FeedOptions {
  readonly input?: readonly string[];
  readonly inputShape?: readonly string[];
  readonly seed: number;
}

/** Adds `--input`, `--seed` and `--input-shape`. */
export function addFeedOptions(command: Command): Command {
  command
    .option(
      '--input <[NAME=]FILE[:SHAPE]>',
      'data of an input: raw, .npy or a picture; without any, seeded numbers',
      collect,
    )
    .option('--seed <n>', 'seed of the numbers', parseSeed, 1);
  return addInputShapeOption(command);
}

/** Tensors for all inputs. Throws InputError and LoadError on files and shapes that do not fit. */
export async function feedsOf(model: LoadedModel, options: FeedOptions): Promise<Record<string, Tensor>> {
  const { graph } = model;
  if (options.input === undefined) {
    return seededFeeds(graph.inputs, parseInputShapes(options.inputShape ?? [], graph.inputs), options.seed);
  }
  const specs = options.input.map((spec) => parseFeed(spec, graph.inputs));
  return Object.fromEntries(await readFeeds(specs, graph.inputs, preparation(model, {})));
}

/** The shapes of feeds, by input. */
export function shapesOf(feeds: Readonly<Record<string, Tensor>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(feeds).map(([input, { shape }]) => [input, shape]));
}
