/** Names of classes, from the catalogue and from files of their own. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { catalogueLabels, fetchLabels } from '../../src/tasks/labels.ts';
import { serveFiles } from '../helpers/file-server.ts';

afterEach(() => void vi.unstubAllGlobals());

const never = (): Promise<string> => Promise.reject(new Error('read in vain'));
const read = async ({ url }: { url: string }): Promise<string> => `n00000001 ${url}\nn00000002 dog\n`;

describe('catalogueLabels', () => {
  it('are those of the entry, or read from where it says', async () => {
    expect(await catalogueLabels({}, never)).toBeUndefined();
    expect(await catalogueLabels({ labels: ['a', 'b'] }, never)).toEqual(['a', 'b']);
    const file = { url: 'https://example.org/labels.txt', sha256: '', format: 'synset' } as const;
    expect(await catalogueLabels({ labels: file }, read)).toEqual([file.url, 'dog']);
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
