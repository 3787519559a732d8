/** Watching with a task: options, ids, steady points, and a classifier on pictures as they come. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { PICTURE_RUN_OPTIONS, type PictureRunOptions } from '../../src/tasks/picture-task.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { watchTask, type FollowStep, type TaskWatchOptions } from '../../src/tasks/watch-task.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { PictureSource } from '../../src/pictures/source.ts';

interface Options extends PictureRunOptions {
  readonly threshold?: number;
}
const TASK = { call: 'find', options: { ...PICTURE_RUN_OPTIONS, threshold: 'number' } } as const;

const pixels = (red: number): PictureSource => ({
  width: 4,
  height: 4,
  data: Uint8Array.from({ length: 64 }, (_, i) => [red, 0, 0, 255][i % 4] ?? 0),
});
const film = (count: number): PictureSource[] => Array.from({ length: count }, (_, i) => pixels(i));

async function resultsOf<T>(watching: AsyncIterable<{ readonly result: T }>): Promise<T[]> {
  const results: T[] = [];
  for await (const { result } of watching) results.push(result);
  return results;
}

/** A thing that moves, and one that comes with the third frame. */
const moving = (): FollowStep<Options, { x: number; y: number; width: number; height: number }[]> => {
  let t = 0;
  return async () => {
    t++;
    const things = [{ x: t, y: 0, width: 20, height: 20 }];
    return t < 3 ? things : [{ x: 200, y: 0, width: 20, height: 20 }, ...things];
  };
};

/** A thing with a point that trembles by a pixel. */
const trembling = (): FollowStep<
  Options,
  { x: number; y: number; width: number; height: number; points: { x: number; y: number }[] }[]
> => {
  let t = 0;
  return async () => [{ x: 0, y: 0, width: 100, height: 100, points: [{ x: 50 + (++t % 2), y: 50 }] }];
};

/** By how much that point still trembles. */
const moved = async (smooth: boolean): Promise<number> => {
  const watching = watchTask(TASK, trembling(), film(6), { every: true, smooth });
  const xs = (await resultsOf(watching)).map(([thing]) => thing?.points[0]?.x ?? NaN);
  return Math.max(...xs) - Math.min(...xs);
};

describe('watching with a task', () => {
  it('gives things ids, whatever their order', async () => {
    const watching = watchTask(TASK, moving(), film(4), { every: true });
    const ids = (await resultsOf(watching)).map((things) => things.map(({ id }) => id));
    expect(ids).toEqual([[1], [1], [2, 1], [2, 1]]);
  });

  it('gives ids to the instances of an answer, whatever else that holds', async () => {
    const boxes = moving();
    const step: FollowStep<Options, { kind: string; instances: Awaited<ReturnType<typeof boxes>> }> = async (frame) => {
      return { kind: 'instances', instances: await boxes(frame, {}, undefined) };
    };
    const seen = await resultsOf(watchTask(TASK, step, film(3), { every: true }));
    expect(seen.map(({ kind, instances }) => [kind, ...instances.map(({ id }) => id)])).toEqual([
      ['instances', 1],
      ['instances', 1],
      ['instances', 2, 1],
    ]);
  });

  it('hands the task its own options, a signal, and its last answer', async () => {
    const seen: unknown[] = [];
    const step: FollowStep<Options, number[]> = async (_, { threshold, signal }, previous) => {
      seen.push([threshold, signal instanceof AbortSignal, previous]);
      return [...(previous ?? []), 1];
    };
    const options: TaskWatchOptions<Options> = { threshold: 0.7, every: true };
    const results: number[][] = [];
    await watchTask(TASK, step, film(3), (result) => results.push(result), options).done;
    expect(seen).toEqual([
      [0.7, true, undefined],
      [0.7, true, [1]],
      [0.7, true, [1, 1]],
    ]);
    expect(results).toEqual([[1], [1, 1], [1, 1, 1]]);
  });

  it('steadies points if asked to', async () => {
    expect(await moved(false)).toBe(1);
    expect(await moved(true)).toBeLessThan(0.9);
  });

  it('refuses options that neither has', () => {
    for (const options of [
      { treshold: 1 },
      { threshold: 'high' },
      { track: { by: 'colour' } },
      { smooth: { beta: -1 } },
    ]) {
      expect(() => watchTask(TASK, moving(), film(1), options as object)).toThrow(InputError);
    }
  });

  it('is a method of every task', async () => {
    const b = new GraphBuilder('redness');
    const x = b.input('x', 'float32', [1, 4, 4, 3]);
    const means = b.one('Reduce', [x], { kind: 'mean', axes: [1, 2], keepDims: false });
    b.output(b.one('Identity', [means], {}, { outputs: ['scores'] }));
    const options = {
      backend: 'cpu',
      labels: ['red', 'green', 'blue'],
      preprocessing: { mean: [1, 1, 1], std: [1, 1, 1] },
    } as const;
    using classifier = await createClassifier(b.build(), options);
    const best: (string | undefined)[] = [];
    for await (const { result, frame } of classifier.watch(film(3), { every: true, topK: 1 })) {
      best.push(`${frame.count} ${result.length} ${result[0]?.label}`);
    }
    expect(best[2]).toBe('2 1 red');
    const counts: number[] = [];
    const watching = await classifier.watch(film(3), (_, { count }) => counts.push(count), { every: true });
    await watching.done;
    expect(counts).toEqual([0, 1, 2]);
    await expect(classifier.watch('film' as unknown as PictureSource[])).rejects.toThrow(InputError);
  });
});
