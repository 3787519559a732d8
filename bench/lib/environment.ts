/** Where and on what a benchmark ran: without this its numbers mean nothing. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { OpenedGpu } from '../../src/node/adapter.ts';

/** The adapter of a run. */
export interface AdapterFacts {
  /** The driver's own name for itself, with its version where it tells. */
  readonly name: string;
  readonly kind: string;
  /** Where the driver came from. */
  readonly source: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly features: readonly string[];
}

/** Machine and versions. */
export interface Environment {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly tilewise: string;
  /** Commit of the checkout, with `+` where tracked files differ from it; undefined outside one. */
  readonly commit: string | undefined;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly adapter: AdapterFacts | undefined;
}

const ROOT = new URL('../../', import.meta.url);

/** Describes this machine, this checkout, and the adapter that was opened, if any. */
export function environment(gpu?: OpenedGpu): Environment {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    tilewise: manifest.version,
    commit: commitOf(ROOT),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryBytes: totalmem(),
    adapter: gpu && adapterFacts(gpu),
  };
}

/** Describes an opened adapter. */
export function adapterFacts({ adapter, description }: OpenedGpu): AdapterFacts {
  const { vendor, architecture, device } = adapter.info;
  return { ...description, vendor, architecture, device, features: [...adapter.features].sort() };
}

function commitOf(folder: URL): string | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return undefined; // a package without its repository, or a machine without git
  }
}

/** The environment as lines of `[what, value]` for a report. */
export function environmentRows(env: Environment): readonly (readonly [string, string])[] {
  const { adapter } = env;
  return [
    ['date', env.date],
    ['tilewise', env.commit === undefined ? env.tilewise : `${env.tilewise}, commit ${env.commit}`],
    ['adapter', adapter ? `${adapter.name} (${adapter.kind}; ${adapter.source})` : 'none'],
    ['Node.js', env.node],
    ['machine', `${env.cpuCount} × ${env.cpu}, ${Math.round(env.memoryBytes / 2 ** 30)} GiB, ${env.platform}`],
  ];
}
