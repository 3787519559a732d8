/** Builds the demo page once for all its tests, and removes it after the last; finds out what it should say of the cup. */
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { samplePhotograph } from '../../../src/cli/samples.ts';
import { createClassifier, createDetector, type Detection, type Ranked } from '../../../src/node/index.ts';
import { buildSite } from '../../helpers/demo-site.ts';
import { DETECTOR, SMALL_MODEL } from '../../helpers/demo-models.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built page. */
    readonly demoSite: string;
    /** What the CPU reference makes of the photograph of a cup. */
    readonly cup: Cup;
  }
}

interface Cup {
  readonly boxes: readonly Detection[];
  readonly scores: readonly Ranked[];
}

/** Gives the function that cleans up. */
export default async function setup(project: TestProject): Promise<() => void> {
  // Built by another process meanwhile.
  const [folder, cup] = await Promise.all([buildSite(), lookAtCup()]);
  project.provide('demoSite', folder);
  project.provide('cup', cup);
  return () => rmSync(folder, { recursive: true, force: true });
}

async function lookAtCup(): Promise<Cup> {
  const photograph = samplePhotograph() ?? '';
  using detector = await createDetector(DETECTOR, { backend: 'cpu' });
  using classifier = await createClassifier(SMALL_MODEL, { backend: 'cpu' });
  return { boxes: await detector.detect(photograph), scores: await classifier.classify(photograph) };
}
