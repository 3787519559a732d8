/** What a page in a folder says, as the text of its element `answer`. */
import type { Browser } from 'puppeteer';
import { expect } from 'vitest';
import { serveFolder } from './folder-server.ts';
import { PATIENCE_MS } from './patience.ts';

/**
 * Opens the page at a folder and waits until its answer is no longer `…`. Whatever the page complains of fails the test.
 * Rejects with TimeoutError when there is no answer.
 */
export async function answerOf(browser: Browser, folder: string): Promise<string> {
  const server = await serveFolder(folder);
  const tab = await browser.newPage();
  try {
    const complaints: string[] = [];
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url ?? ''}`);
    });
    await tab.goto(`${server.origin}/`);
    const answer = await tab
      .waitForFunction(
        () => {
          const text = document.querySelector('#answer')?.textContent;
          return text === '…' ? undefined : text;
        },
        { timeout: PATIENCE_MS },
      )
      .catch((cause: unknown) => {
        throw new Error(`the page gives no answer; it says ${complaints.join('\n') || 'nothing'}`, { cause });
      });
    expect(complaints).toEqual([]);
    return String(await answer.jsonValue());
  } finally {
    await tab.close();
    await server.close();
  }
}
