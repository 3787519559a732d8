/** Printing of results, failures, tables and quantities. */
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  byteText,
  countText,
  createOutput,
  failureOf,
  failureText,
  median,
  milliseconds,
  printableStreams,
  table,
  wrap,
} from '../../src/cli/output.ts';
import { LoadError, UnsupportedError } from '../../src/core/errors.ts';

function capture(): { written: string[]; streams: Parameters<typeof createOutput>[0] } {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text) };
  return { written, streams: { stdout: sink, stderr: sink } };
}

const item = (op: string, remedy: string) => ({ node: op, op, what: 'operator', remedy });

describe('createOutput', () => {
  it('prints exactly one JSON object with --json, text and remarks without', () => {
    const json = capture();
    const output = createOutput(json.streams, true);
    output.note('a remark');
    output.result({ a: 1 }, () => 'text');
    expect(json.written).toEqual(['{"a":1}\n']);
    const text = capture();
    const human = createOutput(text.streams, false);
    human.note('a remark');
    human.result({ a: 1 }, () => 'text');
    expect(text.written).toEqual(['a remark\n', 'text\n']);
  });
});

describe('what comes out of files', () => {
  const evil = 'n\u001b[2J\u009b1m\u202e\u{e0001}\nx';

  it('is escaped in tables, cells of several lines included', () => {
    const text = table([evil, 'b'], [[evil, [evil, 'second']]]);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text.split('\n')).toHaveLength(table(['a', 'b'], [['a', ['1', '2']]]).split('\n').length);
  });

  it('is abridged where it is a name of a million letters', () => {
    const long = `b${'x'.repeat(1e6)}e`;
    expect(table([long], [[[long]]]).length).toBeLessThan(10_000);
    const text = failureText(new LoadError(`${long}\n`, { lines: [long], hint: 'Use another' }), false);
    expect(text).toMatch(/^error: bx+ … x+.*:\nbx+ … x+e\. Use another\n$/);
    expect(text.length).toBeLessThan(3000);
  });

  it('is escaped in JSON without another meaning', () => {
    const { written, streams } = capture();
    createOutput(streams, true).result({ [evil]: evil }, () => '');
    expect(written.join('').trimEnd()).not.toMatch(/\p{C}/u);
    expect(JSON.parse(written.join(''))).toEqual({ [evil]: evil });
  });

  it('is escaped in whatever else is written, lines aside', () => {
    const { written, streams } = capture();
    const safe = printableStreams(streams);
    safe.stdout.write(`a${evil}\n`);
    safe.stderr.write('\u0007');
    expect(written).toEqual(['an\\u{1b}[2J\\u{9b}1m\\u{202e}\\u{e0001}\nx\n', '\\u{7}']);
  });
});

describe('failures', () => {
  it('says what may help with each thing that a model lacks', () => {
    const several = new UnsupportedError([item('A', 'Do this'), item('B', 'Do that'), item('C', 'Do this')]);
    expect(failureText(several, false)).toContain('\nWhat may help:\n  A, C: Do this\n  B: Do that\n');
    expect(failureText(new UnsupportedError([item('A', 'Do this')]), false)).not.toContain('What may help');
  });

  it('carry code, message and where', () => {
    const error = new LoadError('cannot be read', { file: 'm.onnx', hint: 'Check the path' });
    expect(failureOf(error)).toEqual({
      error: {
        name: 'LoadError',
        code: 'LOAD_FAILED',
        message: 'file m.onnx: cannot be read. Check the path',
        detail: { file: 'm.onnx', hint: 'Check the path', format: undefined, node: undefined, op: undefined },
      },
    });
    const items = [{ node: 'n', op: 'Foo', what: 'operator' }];
    expect(failureOf(new UnsupportedError(items)).error.detail).toMatchObject({ items });
    expect(failureOf(new CommanderError(1, 'x', 'error: unknown option')).error.message).toBe('unknown option');
  });

  it('show a stack, with causes, only when verbose', () => {
    const error = new LoadError('cannot be read', { file: 'm.onnx', cause: new RangeError('deep down') });
    expect(failureText(error, false)).toBe('error: file m.onnx: cannot be read\n');
    expect(failureText(error, true)).toMatch(/cannot be read\n +at [\s\S]+caused by: deep down\n +at /);
    expect(failureText(new TypeError('oops'), false)).toMatch(/^error: internal error: oops\n.*--verbose/);
  });
});

describe('text of quantities', () => {
  it('uses units people read', () => {
    expect([byteText(0), byteText(512), byteText(1536), byteText(40 * 2 ** 20)]).toEqual([
      '0 B',
      '512 B',
      '1.50 KiB',
      '40.0 MiB',
    ]);
    expect([countText(999), countText(12345), countText(3.5e6), countText(3.1e8), countText(4.1e9)]).toEqual([
      '999',
      '12.3 k',
      '3.50 M',
      '310.00 M',
      '4.10 G',
    ]);
    expect([milliseconds(0.01234), milliseconds(12.345), milliseconds(12345)]).toEqual([
      '0.0123 ms',
      '12.3 ms',
      '12345 ms',
    ]);
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, NaN]);
  });

  it('makes a table', () => {
    const text = table(['op', 'n'], [['Conv', '3']], ['n']);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toContain('│ Conv │ 3 │');
  });
});

describe('wrap', () => {
  it('breaks what is too long at spaces, and leaves lines that fit', () => {
    expect(wrap('one two three', 7)).toBe('one two\nthree');
    expect(wrap('a: float32 1x2\nb: float32 3x4', 20)).toBe('a: float32 1x2\nb: float32 3x4');
    expect(wrap('unbreakable', 4)).toBe('unbreakable');
  });
});
