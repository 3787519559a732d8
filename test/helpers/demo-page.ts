/** What the tests of the demo page do with it: open it, wait for what it shows, read answers, hand files over. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, ConsoleMessage, ElementHandle, Page } from 'puppeteer';
import { PATIENCE_MS } from './patience.ts';

const ARTEFACTS = join(import.meta.dirname, '../artefacts');

/** A layout shift that no input explains. */
export interface Shift {
  readonly value: number;
  readonly where: string;
}

declare global {
  /** The page's shifts, from its first moment on. */
  var layoutShifts: Shift[];
}

/** A class or object that the page shows. */
export interface Shown {
  readonly label: string;
  /** 0 to 1, as precise as the bar beside it is drawn. */
  readonly score: number;
}

/** An open demo page. */
export interface Demo {
  readonly page: Page;
  /** Errors and warnings of the page and its Workers, and what they wanted from elsewhere. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens the page in a browser profile of its own, after `prepare`. */
export async function openDemo(browser: Browser, url: string, prepare?: (page: Page) => Promise<void>): Promise<Demo> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.setViewport({ width: 1280, height: 900 });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(textOf(message));
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(url).origin) complaints.push(`asked for ${request.url()}`);
  });
  await page.evaluateOnNewDocument(watchShifts);
  await prepare?.(page);
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

const textOf = (message: ConsoleMessage): string => `${message.text()} (${message.location().url ?? 'no file'})`;

/** Runs in the page before anything of its own. */
function watchShifts(): void {
  globalThis.layoutShifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
        readonly value: number;
        readonly hadRecentInput: boolean;
        readonly sources: readonly { readonly node?: Element }[];
      };
      const where = sources.map(({ node }) => node?.outerHTML?.slice(0, 100)).join('; ');
      if (!hadRecentInput) globalThis.layoutShifts.push({ value, where });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** The selector of something by its `data-testid`. */
export function byId(id: string): string {
  return `[data-testid="${id}"]`;
}

/** The element, as soon as it is there. */
export async function find(page: Page, id: string, more = ''): Promise<ElementHandle> {
  const found = await page.waitForSelector(byId(id) + more);
  if (!found) throw new Error(`the page shows no ${id}`);
  return found;
}

/** Its text, as the page shows it. */
export async function textIn(page: Page, id: string, more = ''): Promise<string> {
  return (await find(page, id, more)).evaluate((element) => (element instanceof HTMLElement ? element.innerText : ''));
}

/** Presses a button through its handle rather than by the mouse: where it is on the screen does not matter. */
export async function press(page: Page, id: string): Promise<void> {
  const button = await find(page, id, ':not([disabled])');
  await button.evaluate((element) => element instanceof HTMLElement && element.click());
}

/** Goes to one of the page's tabs. */
export async function openTab(page: Page, tab: 'try' | 'hood' | 'bench'): Promise<void> {
  await page.click(`#tab-${tab}`);
  await page.waitForSelector(`#panel-${tab}:not([hidden])`);
}

/** Waits until the model is there, and for the answer on the picture that is shown. Rejects with what the page says failed. */
export async function settled(page: Page): Promise<void> {
  for (const [id, status] of [
    ['model-state', 'ready'],
    ['result', 'done'],
  ] as const) {
    const reached = await find(page, id, `:is([data-status="${status}"], [data-status="failed"])`);
    const text = await reached.evaluate((e) => (e.matches('[data-status="failed"]') ? e.textContent : undefined));
    if (text !== undefined) throw new Error(`the page says: ${text}`);
  }
}

/** The classes and scores that the page shows, the best first. */
export async function scores(page: Page): Promise<Shown[]> {
  await find(page, 'scores');
  return shownIn(page, 'scores');
}

/** The objects that the page shows, the best first. */
export async function detections(page: Page): Promise<Shown[]> {
  await find(page, 'detections');
  return shownIn(page, 'detections');
}

function shownIn(page: Page, id: string): Promise<Shown[]> {
  return page.$$eval(`${byId(id)} > li`, (rows) =>
    rows.map((row) => ({
      label: row.querySelector('.score-label')?.firstChild?.textContent ?? '',
      score: Number(/scaleX\(([^)]+)\)/.exec(row.querySelector('.bar > span')?.getAttribute('style') ?? '')?.[1]),
    })),
  );
}

/** Presses "Run again" and waits for the answer to that: the one before is shown until then. */
export async function runAgain(page: Page): Promise<void> {
  await find(page, 'result', ' .card-head button:not([disabled])');
  await page.$eval(
    byId('result'),
    (result) =>
      new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          if (result.getAttribute('data-status') !== 'busy') return;
          observer.disconnect();
          resolve();
        }).observe(result, { attributeFilter: ['data-status'] });
        result.querySelector<HTMLButtonElement>('.card-head button')?.click();
      }),
  );
  await settled(page);
}

/** Waits for a picture of this alternative text, and the answer on it. */
export async function seen(page: Page, alt: string): Promise<void> {
  await page.waitForSelector(`${byId('view')} > img[alt="${alt}"]`);
  await settled(page);
}

/** Waits for the message about a model that cannot be loaded. */
export async function problem(page: Page): Promise<{ code: string; text: string }> {
  const failed = await find(page, 'model-state', `[data-status="failed"] ${byId('problem')}`);
  return failed.evaluate((element) => ({
    code: element.getAttribute('data-code') ?? '',
    text: element instanceof HTMLElement ? element.innerText : '',
  }));
}

/** Chooses files of the disk in the file dialogue of an input. */
export async function choose(page: Page, id: string, files: readonly string[]): Promise<void> {
  const input = await page.$(`input[type="file"]${byId(id)}`);
  if (!input) throw new Error(`the page has no input ${id}`);
  await (input as ElementHandle<HTMLInputElement>).uploadFile(...files);
}

/** Drops files of the disk on the middle of the page, as a hand with a mouse does. */
export async function drop(page: Page, files: readonly string[]): Promise<void> {
  const client = await page.createCDPSession();
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
  await client.detach();
}

/** Presses a button that saves a file, and gives the text or bytes of what the browser puts into `folder`. */
export async function download(page: Page, id: string, folder: string): Promise<string> {
  const client = await page.createCDPSession();
  const { targetInfo } = await client.send('Target.getTargetInfo');
  const { browserContextId } = targetInfo;
  await client.send('Browser.setDownloadBehavior', {
    behavior: 'allow',
    downloadPath: folder,
    eventsEnabled: true,
    ...(browserContextId === undefined ? {} : { browserContextId }),
  });
  const saved = new Promise<string>((resolve, reject) => {
    let name = '';
    client.on('Browser.downloadWillBegin', ({ suggestedFilename }) => (name = suggestedFilename));
    client.on('Browser.downloadProgress', ({ state }) => {
      if (state === 'completed') resolve(join(folder, name));
      if (state === 'canceled') reject(new Error(`the download of ${name} was cancelled`));
    });
  });
  await press(page, id);
  return saved.finally(() => client.detach());
}

/** Keeps a picture of the whole page in `test/artefacts`, for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
}
