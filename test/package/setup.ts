/** Packs the library and installs it, and Deno, once for all test files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import setUpDeno from '../deno/setup.ts';
import { installLibrary, packLibrary } from '../helpers/packed-library.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed library: building and packing it takes longer than most that is done with it. */
    tarball: string;
    /** A `node_modules` with the packed library and what it depends on. */
    installed: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-packed-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const [tarball] = await Promise.all([packLibrary(folder), setUpDeno()]);
  await installLibrary(folder, tarball);
  project.provide('tarball', tarball);
  project.provide('installed', join(folder, 'node_modules'));
  return () => rmSync(folder, { recursive: true, force: true });
}
