/** Progress bars belong to terminals: elsewhere stderr stays clean. */
import { PassThrough } from 'node:stream';
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

  it('fits into a terminal and leaves its modes alone, whenever the command is stopped', () => {
    const terminal = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 40 });
    const progress = createProgress({ write: () => undefined, isTTY: true }, terminal);
    progress.report({ stage: 'download a-file-with-quite-a-long-name.onnx', done: 1, total: 2 });
    const text = String(terminal.read());
    progress.stop();
    expect(text).toContain('download a-file-w… [=======------] 50%');
    expect(text).not.toContain('\x1b[?');
  });
});
