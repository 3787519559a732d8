/** The sample photograph, from an npm package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The photograph in `@tensorflow-models/mobilenet` (Apache-2.0): a cup of coffee. Undefined where it is not installed. */
export function samplePhotograph(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('@tensorflow-models/mobilenet');
    const file = join(dirname(entry), '../demo/coffee.jpg');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined; // a development dependency: absent where only the package is installed
  }
}
