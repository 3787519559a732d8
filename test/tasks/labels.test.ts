/** Names of classes, from the catalogue and from files of their own. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { entryLabels, fetchLabels, labelsAtHand } from '../../src/tasks/labels.ts';
import { serveFiles } from '../helpers/file-server.ts';

afterEach(() => void vi.unstubAllGlobals());

const name = 'net';
const file = { url: 'https://example.org/labels.txt', sha256: '', format: 'synset' } as const;
const absent = (): Promise<Uint8Array> =>
  Promise.reject(new LoadError('there is no such file', { file: 'labels.txt' }));
const stopped = (): Promise<never> => Promise.reject(new Error('stopped'));
const read = async (asked: string): Promise<Uint8Array> =>
  new TextEncoder().encode(`n00000001 ${asked}\nn00000002 dog\n`);

describe('labels of an entry', () => {
  it('are its own, or read by their name beside the model', async () => {
    for (const labelsOf of [entryLabels, labelsAtHand]) {
      expect(await labelsOf({ name }, absent)).toBeUndefined();
      expect(await labelsOf({ name, labels: ['a', 'b'] }, absent)).toEqual(['a', 'b']);
      expect(await labelsOf({ name, labels: file }, read)).toEqual(['labels.txt', 'dog']);
    }
  });

  it('are missed by who named the model, not by who gave its file', async () => {
    await expect(entryLabels({ name, labels: file }, absent)).rejects.toThrow(
      /labels.txt: there is no such file. It names the classes of net: give them as labels, or put it beside/,
    );
    expect(await labelsAtHand({ name, labels: file }, absent)).toBeUndefined();
    await expect(labelsAtHand({ name, labels: file }, stopped)).rejects.toThrow('stopped');
  });
});

describe('fetchLabels', () => {
  it('reads one name a line', async () => {
    const server = await serveFiles({ 'labels.txt': new TextEncoder().encode('cat\ndog\n') });
    try {
      expect(await fetchLabels(`${server.url}/labels.txt`)).toEqual(['cat', 'dog']);
      await expect(fetchLabels(new URL(`${server.url}/none.txt`))).rejects.toThrow(/none.txt answered 404/);
    } finally {
      await server.close();
    }
  });

  it('says what cannot be fetched, and gives up with the reason it is told', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    await expect(fetchLabels('https://example.org/labels.txt')).rejects.toBeInstanceOf(LoadError);
    vi.stubGlobal('fetch', (_: unknown, { signal }: { signal: AbortSignal }) => Promise.reject(signal.reason));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(fetchLabels('https://example.org/labels.txt', { signal })).rejects.toThrow('enough');
  });
});
