/** Progress bars belong to terminals: elsewhere stderr stays clean. */
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

describe('createProgress', () => {
  it('writes nothing where stderr is no terminal', () => {
    const written: string[] = [];
    const progress = createProgress({ write: (text) => written.push(text), isTTY: false });
    progress.report({ stage: 'download', done: 1, total: 2 });
    progress.report({ stage: 'compile', done: 0, total: undefined });
    progress.stop();
    progress.stop();
    expect(written).toEqual([]);
  });
});
