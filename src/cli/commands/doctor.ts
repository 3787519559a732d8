/** `tilewise doctor`: what this machine has to run on, for bug reports. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { TilewiseError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import { openGpu, type OpenedGpu } from '../../node/adapter.ts';
import { cacheFolder } from '../../node/cache.ts';
import { requestDevice } from '../../runtime/webgpu/device.ts';
import type { Context, Runner } from '../context.ts';
import { byteText, table, wrap } from '../output.ts';
import { addAdapterOption } from '../session.ts';

/** What Node needs beside tilewise itself. */
const PACKAGES = ['webgpu', 'sharp', '@sparticuz/chromium'];

/** Where drivers are looked for, in the order of `openGpu`. */
const PLACES = ['hardware', 'lavapipe', 'swiftshader', 'packaged'];

/** What of the environment changes which driver is found, or where files are kept. */
const VARIABLES = ['TILEWISE_ADAPTER', 'TILEWISE_CACHE', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];

/** One way to an adapter, and what came of it. */
interface Attempt {
  readonly adapter: string;
  /** The driver's own name; null where there is none that can be used. */
  readonly name: string | null;
  readonly source: string | null;
  /** What did not work, a line each. */
  readonly tried: readonly string[];
}

/** The adapter that commands take. */
interface Usable {
  readonly kind: string;
  readonly name: string;
  readonly source: string;
  readonly info: Readonly<Record<string, string>>;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** Adds the command. */
export function addDoctor(program: Command, runner: Runner): void {
  const command = program
    .command('doctor')
    .description(
      'versions, adapter, limits and the drivers that were tried, for bug reports; exit code 1 without a GPU',
    );
  addAdapterOption(command).action(runner.wrap(doctor));
}

async function doctor(
  _: readonly string[],
  options: { readonly adapter?: string },
  { output }: Context,
): Promise<number> {
  const system = {
    os: `${process.platform} ${release()} ${arch()}`,
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'} × ${cpus().length}`,
    memoryBytes: totalmem(),
  };
  const versions = Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name)]));
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name] ?? null]));
  const { adapter, attempt } = await find(options.adapter);
  const drivers: Attempt[] = [];
  // Deno's own WebGPU cannot be told which driver to take.
  for (const place of 'Deno' in globalThis ? [] : PLACES) drivers.push((await find(place)).attempt);
  const ok = adapter !== null;
  const { tried } = attempt;
  const facts = {
    tilewise: VERSION,
    node: process.version,
    ...(process.versions['deno'] === undefined ? {} : { deno: process.versions['deno'] }),
    ...system,
    packages: versions,
    environment,
    cache: cache(),
  };
  output.result({ ok, ...facts, adapter, tried, drivers }, () =>
    [
      factTable({ ...facts, memoryBytes: byteText(system.memoryBytes) }),
      adapter === null ? 'No usable adapter.' : adapterTable(adapter),
      ...(drivers.length > 0 ? [driverTable(drivers)] : []),
      ...tried,
    ].join('\n'),
  );
  return ok ? 0 : 1;
}

/** Opens an adapter, and a device on it: what opens no device is of no use. */
async function find(place: string | undefined): Promise<{ adapter: Usable | null; attempt: Attempt }> {
  const adapter = place ?? (process.env['TILEWISE_ADAPTER'] || 'auto');
  try {
    const opened = await openGpu({ adapter: place });
    (await requestDevice(opened.adapter)).destroy();
    const { name, source } = opened.description;
    return { adapter: usable(opened), attempt: { adapter, name, source, tried: opened.tried } };
  } catch (error) {
    if (!(error instanceof TilewiseError)) throw error;
    const { lines = [] } = error.detail;
    const tried = lines.length > 0 ? lines.map((line) => line.replace(/^ *- /, '')) : [error.message];
    return { adapter: null, attempt: { adapter, name: null, source: null, tried } };
  }
}

function usable({ adapter, description }: OpenedGpu): Usable {
  const { vendor, architecture, device, description: text } = adapter.info;
  const limits: Record<string, number> = {};
  // They are getters of the prototype: spreading gives none.
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === 'number') limits[name] = value;
  }
  const info = { vendor, architecture, device, description: text };
  return { ...description, info, features: [...adapter.features].sort(), limits };
}

/** The version of an installed package, beside tilewise or in the application; null where there is none. */
function packageVersion(name: string): string | null {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    let folder: string;
    try {
      folder = dirname(createRequire(from).resolve(name));
    } catch {
      continue;
    }
    for (; folder !== dirname(folder); folder = dirname(folder)) {
      const manifest = join(folder, 'package.json');
      if (!existsSync(manifest)) continue;
      const found: { name?: string; version?: string } = JSON.parse(readFileSync(manifest, 'utf8'));
      if (found.name === name) return found.version ?? null;
    }
  }
  return null;
}

function cache(): string {
  try {
    return cacheFolder();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function factTable(facts: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, v]) => (name === 'environment' && v === null ? [] : [[key, text(v)]]))
      : [[name === 'memoryBytes' ? 'memory' : name, text(value)]],
  );
  return table(['', 'this machine'], rows);
}

function text(value: unknown): string {
  return value === null ? 'not installed' : String(value);
}

function adapterTable({ name, kind, source, features, limits }: Usable): string {
  const rows = [
    ['kind', kind],
    ['from', source],
    ['features', features.join(', ')],
    ...Object.entries(limits).map(([limit, value]) => [limit, String(value)]),
  ];
  return table(
    ['adapter', name],
    rows.map(([fact = '', value = '']) => [fact, wrap(value, 80).split('\n')]),
  );
}

function driverTable(drivers: readonly Attempt[]): string {
  const rows = drivers.map(({ adapter, name, source, tried }) => [
    adapter,
    [...(name === null ? [] : [`${name} (${source ?? ''})`]), ...tried].flatMap((line) => wrap(line, 100).split('\n')),
  ]);
  return table(['driver', 'what came of it'], rows);
}
