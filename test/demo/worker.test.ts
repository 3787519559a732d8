/** What the demo's Worker tells the page: errors as data, where the cost is. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../demo/src/worker/engine.ts';
import { kindsOf } from '../../demo/src/worker/inspect.ts';
import { largestDifference } from '../../demo/src/worker/compare.ts';
import { outcome } from '../../demo/src/worker/outcome.ts';
import { plainError } from '../../demo/src/worker/plain-error.ts';
import { InputError, tensorOf, UnsupportedError } from '../../src/index.ts';
import { tinyClassifier } from '../helpers/command.ts';

describe('plainError', () => {
  it('keeps code, place, hint and everything unsupported, and survives a clone', () => {
    const items = [
      { node: 'mix', op: 'Einsum', what: 'operator' },
      { node: 'warp', op: 'GridSample', what: 'operator' },
    ];
    const error = plainError(new UnsupportedError(items, { file: 'odd.onnx', hint: 'Export it without these' }));
    expect(structuredClone(error)).toEqual({
      code: 'UNSUPPORTED',
      message: 'odd.onnx: The model needs 2 things that the engine lacks',
      hint: 'Export it without these',
      unsupported: items,
    });
  });

  it('tells a stop from a failure, and describes what is no error of the engine', async () => {
    expect(plainError(new DOMException('aborted', 'AbortError')).code).toBe('ABORTED');
    expect(plainError(new TypeError('odd'))).toEqual({ code: 'UNKNOWN', message: 'odd' });
    expect(plainError('odd')).toEqual({ code: 'UNKNOWN', message: 'odd' });
    const failed = await outcome(() => Promise.reject(new InputError('no picture', { node: 'conv', op: 'Conv' })));
    expect(failed).toEqual({ ok: false, error: { code: 'INPUT_INVALID', message: 'conv (Conv): no picture' } });
  });
});

describe('kindsOf', () => {
  it('sums by operator, the most costly first', () => {
    const nodes = [
      { op: 'Relu', cost: 1 },
      { op: 'Conv', cost: 4 },
      { op: 'Conv', cost: 3 },
    ];
    expect(kindsOf(nodes)).toEqual([
      { op: 'Conv', nodes: 2, cost: 7, share: 0.875 },
      { op: 'Relu', nodes: 1, cost: 1, share: 0.125 },
    ]);
    expect(kindsOf([{ op: 'Relu', cost: 0 }])[0]?.share).toBe(0);
  });
});

describe('largestDifference', () => {
  it('is the largest of all outputs, and relative to the largest element expected', () => {
    const expected = { a: tensorOf('float32', [2], [1, -4]), b: tensorOf('float32', [1], [2]) };
    const actual = { a: tensorOf('float32', [2], [1, -4]), b: tensorOf('float32', [1], [2.5]) };
    expect(largestDifference(actual, expected)).toEqual({ difference: 0.5, relative: 0.125 });
    expect(largestDifference({ a: expected.a }, expected).difference).toBeNaN();
  });
});

describe('a load that is given up', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('ends at once, also while it waits for what is done before', async () => {
    const engine = new Engine(() => undefined);
    engine.seat = { backend: 'cpu', adapter: '', software: true };
    const load = () => {
      const files = [new File([new Uint8Array(tinyClassifier())], 'tiny.onnx')];
      return engine.load({ kind: 'files', title: 'tiny', files }, new URL('http://localhost/'));
    };
    expect(await load()).toMatchObject({ task: 'classification' });
    // A picture that is never decoded.
    vi.stubGlobal('createImageBitmap', () => new Promise(() => undefined));
    void engine.look(new Blob(), { threshold: 0.3, max: 50, mesh: false, background: 'none' });
    const waiting = load();
    engine.cancelLoad();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
