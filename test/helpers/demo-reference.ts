/** What the demo page should answer: the CPU reference, computed in Node on the files of the site. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createClassifier } from '../../src/index.ts';
import { decodeImage } from '../../src/node/image.ts';
import { SMALL_MODEL } from './demo-models.ts';
import type { Shown } from './demo-page.ts';
import type { Site } from './demo-site.ts';

/** The most that scores may differ: probabilities after some fifty float32 layers, from another JPEG decoder's pixels. */
export const TOLERANCE = 1e-3;

/** Classes or objects, the best first. */
export type Expected = readonly { readonly label?: string; readonly score: number }[];

/** The same classes or objects in the same order, with about the same scores. */
export function expectAnswer(shown: readonly Shown[], expected: Expected = []): void {
  expect(shown.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
  shown.forEach(({ score }, i) => expect(Math.abs(score - (expected[i]?.score ?? NaN))).toBeLessThan(TOLERANCE));
}

/** What the small classifier, or that at another address, says of encoded pictures, the best class first. */
export async function referenceScores(
  site: Site,
  pictures: readonly Uint8Array[],
  source = SMALL_MODEL,
): Promise<Shown[][]> {
  using classifier = await createClassifier(source, { backend: 'cpu', modelBase: `${site.url}models/` });
  const answers: Shown[][] = [];
  for (const picture of pictures) {
    const ranked = await classifier.classify(await decodeImage(picture, 'the test picture'));
    answers.push(ranked.map(({ label, index, score }) => ({ label: label ?? `class ${index}`, score })));
  }
  return answers;
}

/** The file of a sample picture. */
export function sampleFile(folder: string, name = 'cup.jpg'): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, 'samples', name)));
}
