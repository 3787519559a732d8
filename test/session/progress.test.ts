/** How far a load has come: what is told of stages and bytes, in whatever order they come. */
import { describe, expect, it } from 'vitest';
import { ByteCount } from '../../src/session/byte-count.ts';
import { LoadingProgress, type LoadProgress } from '../../src/session/progress.ts';

const MB = 2 ** 20;

function heard(): { readonly progress: LoadingProgress; readonly told: LoadProgress[] } {
  const told: LoadProgress[] = [];
  return { progress: new LoadingProgress((step) => told.push(step)), told };
}

describe('the fraction of a load', () => {
  it('does not fall when there turns out to be more to fetch, or bytes come late', () => {
    const { progress, told } = heard();
    progress.tell('download', { loaded: 8 * MB, total: 10 * MB });
    progress.tell('download', { loaded: 9 * MB, total: 90 * MB });
    progress.tell('compile');
    progress.tell('download', { loaded: 90 * MB, total: 90 * MB });
    progress.tell('ready');
    expect(told.map(({ stage }) => stage)).toEqual(['download', 'download', 'compile', 'compile', 'ready']);
    const fractions = told.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeCloseTo(0.8 * 0.7);
    expect(fractions.at(-1)).toBe(1);
  });
});

describe('bytes of a model', () => {
  it('are told once, by whoever knows of more', async () => {
    const { progress, told } = heard();
    const count = new ByteCount(progress);
    count.moved(30, 100, 'model.json');
    const files = count.counted({
      main: { name: 'model.json', bytes: new Uint8Array(30) },
      read: async () => new Uint8Array(70),
    });
    count.moved(80, 100, 'shard');
    files.expect?.(140);
    await files.read('shard');
    await files.read('other');
    expect(told.map(({ loaded, total }) => [loaded, total])).toEqual([
      [30, 100],
      [80, 100],
      [100, 170],
      [170, 170],
      [undefined, undefined],
    ]);
    expect(told.at(-1)?.stage).toBe('parse');
  });
});
