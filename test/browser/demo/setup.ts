/** Builds the demo page once for all its tests, and removes it after the last. */
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { buildSite } from '../../helpers/demo-site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built page. */
    readonly demoSite: string;
  }
}

/** Gives the function that cleans up. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = await buildSite();
  project.provide('demoSite', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
