/** Headless Chromium gives a page a WebGPU adapter that computes: what every other browser test stands on. */
import { describe, expect, it } from 'vitest';
import { withPages } from '../helpers/page-server.ts';

describe('a page in Chromium', () => {
  const open = withPages();

  it('gets an adapter and computes with it', async () => {
    const tab = await open();
    const { doubled, vendor } = await tab.evaluate(() => globalThis.page.double([1, -2.5, 3]));
    expect(doubled).toEqual([2, -5, 6]);
    expect(vendor).not.toBe('');
  });
});
