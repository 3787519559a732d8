/** Engines in Node: a child process each, its files on disk until it has read them. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildNodeLibrary } from '../lib/library.ts';
import type { PeerModel } from './models.ts';
import type { Answer, FilePaths, Request } from './node-child.ts';
import { LIMITS, within, type Room, type Seat, type SeatStarted, type Venue } from './seat.ts';
import type { Ran, StationConfig } from './station.ts';

/** The venue of Node processes. Builds the library first, as it is published, unless another is given by its URL. */
export async function nodeVenue(given?: string): Promise<Venue> {
  const engine = given ?? (await buildNodeLibrary());
  return {
    room: async (model, threads) => openRoom(model, { threads, engine }),
    facts: async () => [`Node.js ${process.version}`],
    close: async () => undefined,
  };
}

type Surroundings = Pick<Extract<Request, { kind: 'start' }>, 'threads' | 'engine'>;

function openRoom(model: PeerModel, surroundings: Surroundings): Room {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-peers-'));
  const files = writeFiles(folder, model);
  return {
    seat: async (config) => new NodeSeat(config, files, surroundings),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writeFiles(folder: string, model: PeerModel): FilePaths {
  const write = (name: string, data: Uint8Array | Float32Array): string => {
    const path = join(folder, name);
    writeFileSync(path, data);
    return path;
  };
  return {
    onnx: write('model.onnx', model.onnx),
    tfjsJson: write('model.json', model.tfjsJson),
    tfjsWeights: write('weights.bin', model.tfjsWeights),
    tflite: write('model.tflite', model.tflite),
    inputLast: write('input-last', model.inputLast),
    inputFirst: write('input-first', model.inputFirst),
    inputShape: model.inputShape,
  };
}

/** Lets Node read TypeScript, whichever way this process was started. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The last lines a child wrote before it died say more than its exit code. */
const TAIL = 400;

class NodeSeat implements Seat {
  readonly #config: StationConfig;
  readonly #files: FilePaths;
  readonly #surroundings: Surroundings;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #stderr = '';

  constructor(config: StationConfig, files: FilePaths, surroundings: Surroundings) {
    this.#config = config;
    this.#files = files;
    this.#surroundings = surroundings;
    this.#child = fork(join(import.meta.dirname, 'node-child.ts'), {
      execArgv: [...flags(), '--import', LOADER],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-TAIL);
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once('exit', (code, signal) => {
        reject(new Error(`the process ended with ${signal ?? `code ${code}`}: ${this.#stderr.trim()}`));
      });
      this.#child.once('error', reject);
    });
    this.#ended.catch(() => undefined); // whoever waits for an answer hears of it
  }

  start(): Promise<SeatStarted> {
    const request = { kind: 'start', config: this.#config, files: this.#files, ...this.#surroundings } as const;
    return within(LIMITS.start, 'the cold start', this.#ask<SeatStarted>(request));
  }

  run(): Promise<Ran> {
    return within(LIMITS.run, 'a run', this.#ask<Ran>({ kind: 'run' }));
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => undefined);
  }

  async #ask<T extends object>(request: Request): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      this.#child.once('message', (answer: Answer) => {
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.result as T);
      });
    });
    this.#child.send(request);
    return Promise.race([answered, this.#ended]);
  }
}

/** LiteRT.js's faster builds want relaxed SIMD, which Node has behind a flag until version 21. */
function flags(): string[] {
  return process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];
}
