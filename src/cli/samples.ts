/** The sample pictures of `npm start`: photographs out of npm packages, or one that is drawn. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AT_A_TABLE, drawnSamples } from '../catalogue/samples.ts';
import { partOf } from '../vision/part-of.ts';
import type { Pixels } from '../vision/pixels.ts';
import { readPicture } from './each-picture.ts';

/** A picture to show what a model does. */
export interface Sample {
  readonly name: string;
  /** Where it comes from, to look at it; undefined for drawn ones. */
  readonly file: string | undefined;
  readonly pixels: Pixels;
}

/** The photograph in `@tensorflow-models/mobilenet` (Apache-2.0): a cup of coffee. Undefined where it is not installed. */
export function samplePhotograph(): string | undefined {
  return inPackage('@tensorflow-models/mobilenet', '../demo/coffee.jpg');
}

/** The photographs that are at hand; where the packages, which are development dependencies, are absent, the drawing. */
export async function samplePictures(): Promise<Sample[]> {
  const coffee = samplePhotograph();
  const people = inPackage('@vladmandic/human', '../assets/samples.jpg');
  const photographs = [
    ...(coffee === undefined ? [] : [{ name: 'photograph: coffee', ...(await readPicture(coffee)) }]),
    ...(people === undefined
      ? []
      : [
          {
            name: 'photograph: at a table',
            file: people,
            pixels: partOf((await readPicture(people)).pixels, AT_A_TABLE),
          },
        ]),
  ];
  if (photographs.length > 0) return photographs;
  const drawn = drawnSamples().filter(({ name }) => name.includes('balls'));
  return drawn.map((d) => ({ name: d.name, file: undefined, pixels: d }));
}

/** A file beside the entry of a package; undefined where it is not installed. */
function inPackage(name: string, path: string): string | undefined {
  try {
    const file = join(dirname(createRequire(import.meta.url).resolve(name)), path);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
