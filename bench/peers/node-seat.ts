/** Engines in Node: a child process each, its files on disk until it has read them. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildNodeLibrary } from '../lib/library.ts';
import { buildChild } from './built-child.ts';
import type { PeerModel } from './models.ts';
import type { Answer, FilePaths, Request } from './node-child.ts';
import { SOURCES } from './node-host.ts';
import { LIMITS, within, type Room, type Seat, type SeatStarted, type Venue } from './seat.ts';
import type { Ran } from './station.ts';

/** What Node runs for an engine. */
interface Program {
  readonly script: string;
  readonly flags: readonly string[];
  /** URL of tilewise's main module. */
  readonly engine: string;
}

/**
 * The venue of Node processes. Engines are as published, tilewise too, and plain JavaScript: both are built first, unless it is to
 * be the sources, which start slowly.
 */
export async function nodeVenue({ sources = false } = {}): Promise<Venue> {
  const built = sources ? undefined : await buildChild();
  const program: Program = built
    ? { script: built.script, flags: [], engine: await buildNodeLibrary() }
    : { script: join(import.meta.dirname, 'node-child.ts'), flags: ['--import', LOADER], engine: SOURCES };
  return {
    room: async (model, threads) => openRoom(model, threads, program),
    facts: async () => [`Node.js ${process.version}`],
    close: async () => {
      if (built) rmSync(built.folder, { recursive: true, force: true });
    },
  };
}

function openRoom(model: PeerModel, threads: number, program: Program): Room {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-peers-'));
  const files = writeFiles(folder, model);
  return {
    seat: async (config) => new NodeSeat(program, { kind: 'start', config, files, threads, engine: program.engine }),
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
  readonly #start: Request;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #stderr = '';

  constructor({ script, flags }: Program, start: Request) {
    this.#start = start;
    this.#child = fork(script, { execArgv: [...relaxed(), ...flags], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
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
    return within(LIMITS.start, 'the cold start', this.#ask<SeatStarted>(this.#start));
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
function relaxed(): string[] {
  return process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];
}
