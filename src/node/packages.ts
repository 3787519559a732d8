/** Packages of npm that are taken where they are installed: where they lie, and what is said of those that are missing. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installedManifests } from './adapter-drivers.ts';

/** An installed package. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

/** What is optional, and what it is for. */
const OPTIONAL: Readonly<Record<string, string>> = {
  webgpu: 'the GPU',
  sharp: 'picture files',
  '@sparticuz/chromium': 'machines without a GPU driver',
};

/**
 * Looks a package up from the working directory, then from tilewise: package managers differ in where an optional one ends up.
 * `exports` may hide its package.json, so the lookup paths are walked.
 */
export function installedPackage(name: string): InstalledPackage | undefined {
  for (const base of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    for (const modules of createRequire(base).resolve.paths(name) ?? []) {
      const folder = join(modules, ...name.split('/'));
      const manifest = join(folder, 'package.json');
      if (!existsSync(manifest)) continue;
      const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'));
      return { folder, version: String(version) };
    }
  }
  return undefined;
}

/** How to install a package that was asked for and is missing: at once with what else is, so that nobody comes back for each. */
export function howToInstall(needed: string): string {
  const others = Object.keys(OPTIONAL).filter((name) => name !== needed && isOfUse(name) && !installedPackage(name));
  const uses = others.map((name) => `${name} for ${OPTIONAL[name]}`).join(', ');
  return `Install it: npm install ${[needed, ...others].join(' ')}${uses === '' ? '' : `. Missing, too, are ${uses}`}`;
}

/** What a package says of itself that is installed and does not load; how to install one that is not. */
export function howToLoad(needed: string, cause: unknown): string {
  if (!installedPackage(needed)) return howToInstall(needed);
  const [first = '', second = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return `It is installed, and says: ${second === '' ? first : `${first}: ${second}`}`;
}

/** The packaged driver serves Linux on x64, where no other is installed; Deno has a WebGPU of its own. */
function isOfUse(name: string): boolean {
  if ('Deno' in globalThis) return name === 'sharp';
  if (name !== '@sparticuz/chromium') return true;
  return process.platform === 'linux' && process.arch === 'x64' && installedManifests().length === 0;
}
