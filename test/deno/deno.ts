/** Deno, whose WebGPU is wgpu with naga: where it is installed, and how scripts run in it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SuiteReport } from '../../bench/conformance/run-suite.ts';
import { installedSoftwareDrivers } from '../../src/node/adapter-drivers.ts';
import { isThere } from '../helpers/is-there.ts';
import { DENO_FOLDER, DENO_PACKAGE } from './setup.ts';

const lavapipe = installedSoftwareDrivers().find(({ kind }) => kind === 'lavapipe');

/** Whether tests can run in Deno; a warning says why where they cannot. */
export const hasDeno =
  isThere({ path: DENO_FOLDER, what: DENO_PACKAGE, remedy: 'npm installs it where it can be reached' }) &&
  isThere({
    path: lavapipe?.manifest ?? 'no manifest',
    what: 'lavapipe',
    remedy: 'apt-get install mesa-vulkan-drivers libvulkan1',
  });

/** The executable: npm installs the package of this platform, beside the one that chooses it. */
function executable(): string {
  const folder = join(DENO_FOLDER, 'node_modules/@deno');
  const [platform = ''] = readdirSync(folder);
  const name = join(folder, platform, 'deno');
  return existsSync(name) ? name : `${name}.exe`;
}

/** How the driver compiles: in less time and to slower code, or without what it remembers of earlier processes; or that there is none. */
export interface Driver {
  readonly quick?: boolean;
  readonly cold?: boolean;
  readonly none?: boolean;
  /** What the script may do; everything by default. */
  readonly allowed?: readonly string[];
}

/** A script in Deno, which looks for no update, checks no types, and takes the packages of the folder that the script is in. */
export function startDeno(
  script: string,
  args: readonly string[],
  { cwd, quick, cold, none, allowed = ['all'] }: Driver & { readonly cwd?: string } = {},
): ChildProcess {
  const permissions = ['--no-prompt', ...allowed.map((what) => `--allow-${what}`)];
  const flags = ['--unstable-webgpu', ...permissions, '--no-check', '--no-lock', '--node-modules-dir=manual'];
  return spawn(executable(), ['run', ...flags, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      ...process.env,
      DENO_DIR: join(DENO_FOLDER, 'cache'),
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
      VK_DRIVER_FILES: lavapipe?.manifest,
      ...(quick ? { GALLIVM_PERF: 'nopt' } : {}),
      ...(cold ? { MESA_SHADER_CACHE_DISABLE: 'true' } : {}),
      // Neither Vulkan nor OpenGL.
      ...(none ? { VK_DRIVER_FILES: '/nowhere', __EGL_VENDOR_LIBRARY_DIRS: '/nowhere' } : {}),
    },
  });
}

/** What a script in `inside` says of one test. */
export interface Told {
  readonly name: string;
  /** What is wrong; absent where nothing is. */
  readonly error?: string;
  /** How often a case was run. */
  readonly runs?: number;
  /** What came of ONNX's tests. */
  readonly report?: SuiteReport;
  /** Of the error that was looked for. */
  readonly code?: string;
  /** How long a model takes to load, and its first run. */
  readonly loadMs?: number;
  readonly firstRunMs?: number;
}

/** Silence for so long is a hang: one pipeline takes seconds at the most. */
const SILENT_MS = 240_000;

/** A script of `inside`, and what it tells line by line. */
export class DenoRun {
  readonly #child: ChildProcess;
  readonly #told = new Map<string, Told>();
  readonly #waiting = new Map<string, (told: Told) => void>();
  #last = 'nothing';
  #stderr = '';
  #end: string | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(script: string, args: readonly string[], options: Driver = {}) {
    this.#child = startDeno(join(import.meta.dirname, 'inside', script), args, options);
    this.#child.stderr?.on('data', (text: Buffer) => (this.#stderr = (this.#stderr + text.toString()).slice(-4000)));
    if (this.#child.stdout) createInterface(this.#child.stdout).on('line', (line) => this.#hear(line));
    this.#child.on('error', (error) => this.#finish(String(error)));
    this.#child.on('close', (code, signal) => this.#finish(`Deno ended (${signal ?? code})`));
    this.#listen();
  }

  /** What the script says of a test, once it does; an error where it ends without. */
  of(name: string): Promise<Told> {
    const told = this.#told.get(name);
    if (told) return Promise.resolve(told);
    if (this.#end !== undefined) return Promise.resolve({ name, error: this.#end });
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #listen(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#finish('Deno says nothing any more');
      this.stop();
    }, SILENT_MS);
  }

  #hear(line: string): void {
    if (!line.startsWith('{"name":')) return;
    const told = JSON.parse(line) as Told;
    this.#last = told.name;
    this.#told.set(told.name, told);
    this.#waiting.get(told.name)?.(told);
    this.#waiting.delete(told.name);
    this.#listen();
  }

  #finish(why: string): void {
    clearTimeout(this.#watch);
    this.#end ??= `${why} after ${this.#last}\n${this.#stderr}`;
    for (const [name, resolve] of this.#waiting) resolve({ name, error: this.#end });
    this.#waiting.clear();
  }
}
