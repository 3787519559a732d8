/** Engines in Chromium: a browser each, so that none finds another's shaders compiled, or takes another down. */
import type { Browser, Page } from 'puppeteer';
import { launchChromium } from '../lib/chromium.ts';
import type { PeerModel } from './models.ts';
import type { PeerServer } from './page-server.ts';
import { servePeers } from './page-server.ts';
import { LIMITS, within, type Room, type Seat, type SeatStarted, type Venue } from './seat.ts';
import type { Ran, StationConfig } from './station.ts';

/** The venue of Chromium pages. Bundles the page first, with the engine as it is published unless another is given. */
export async function chromiumVenue(engine?: string): Promise<Venue> {
  const server = await servePeers(engine);
  let version: string | undefined;
  const seat = async (config: StationConfig, model: PeerModel, threads: number): Promise<Seat> => {
    const browser = await launchChromium();
    version ??= await browser.version();
    const page = await browser.newPage();
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => 'peer' in globalThis);
    return new ChromiumSeat({ browser, page }, config, model.inputShape, threads);
  };
  return {
    room: async (model, threads) => openRoom(server, model, (config) => seat(config, model, threads)),
    facts: async () => (version === undefined ? [] : [version]),
    close: () => server.close(),
  };
}

const raw = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function openRoom(server: PeerServer, model: PeerModel, seat: Room['seat']): Room {
  const { onnx, tfjsJson, tfjsWeights, tflite, inputLast, inputFirst } = model;
  const files = { onnx, tfjsJson, tfjsWeights, tflite, inputLast: raw(inputLast), inputFirst: raw(inputFirst) };
  server.serve(new Map(Object.entries(files)));
  return { seat, close: async () => server.serve(new Map()) };
}

/** A page's errors come with their stack in the message, in URLs of the bundle. */
function withoutStack(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw new Error(message.split('\n')[0], { cause: error });
}

class ChromiumSeat implements Seat {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #config: StationConfig;
  readonly #inputShape: readonly number[];
  readonly #threads: number;

  constructor(
    { browser, page }: { readonly browser: Browser; readonly page: Page },
    config: StationConfig,
    inputShape: readonly number[],
    threads: number,
  ) {
    this.#browser = browser;
    this.#page = page;
    this.#config = config;
    this.#inputShape = inputShape;
    this.#threads = threads;
  }

  start(): Promise<SeatStarted> {
    const started = this.#page.evaluate(
      (config, shape, threads) => globalThis.peer.start(config, shape, threads),
      this.#config,
      this.#inputShape,
      this.#threads,
    );
    return within(LIMITS.start, 'the cold start', started).catch(withoutStack);
  }

  run(): Promise<Ran> {
    const ran = this.#page.evaluate(() => globalThis.peer.run());
    return within(LIMITS.run, 'a run', ran).catch(withoutStack);
  }

  async close(): Promise<void> {
    const { pid } = this.#browser.process() ?? {};
    await within(10_000, 'closing', this.#browser.close()).catch(() => {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    });
  }
}
