/** Entry of `npm run size`: what a page downloads of tilewise, by what it imports. */
import { Command } from 'commander';
import { table } from '../../src/cli/output.ts';
import { buildLibrary } from '../lib/library.ts';
import { APPLICATIONS, measure, type AppSize } from './measure.ts';
import { wasmFiles } from './wasm.ts';

const { json, files: listed } = new Command('size')
  .description('bytes after gzip that an application adds to a page, built by Vite')
  .option('--json', 'print [{entry, gzipBytes, startBytes, onDemandBytes}] and nothing else')
  .option('--files', 'list the files of every application too')
  .parse()
  .opts<{ json?: boolean; files?: boolean }>();

const library = await buildLibrary();
const sizes: AppSize[] = [];
for (const entry of Object.keys(APPLICATIONS) as (keyof typeof APPLICATIONS)[]) {
  sizes.push(await measure(entry, library));
}

const classifier = sizes.find(({ entry }) => entry === 'classifier');
if (classifier) {
  // On demand, beside a classifier: nothing of it is in the others' figures.
  const wasm = await wasmFiles(classifier);
  const bytes = wasm.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
  sizes.push({ entry: 'wasm backend', gzipBytes: bytes, startBytes: 0, onDemandBytes: bytes, files: wasm });
}

const number = (bytes: number): string => bytes.toLocaleString('en');
if (json) {
  const rows = listed ? sizes : sizes.map((size) => ({ ...size, files: undefined }));
  process.stdout.write(`${JSON.stringify(rows)}\n`);
} else {
  const rows = sizes.map(({ entry, gzipBytes, startBytes, onDemandBytes }) => [
    entry,
    ...[gzipBytes, startBytes, onDemandBytes].map(number),
  ]);
  console.log(table(['application', 'gzip bytes', 'at once', 'further, on demand'], rows));
  if (listed) {
    const files = sizes.flatMap(({ entry, files }) =>
      files.map(({ name, when, gzipBytes }) => [entry, name, when, number(gzipBytes)]),
    );
    console.log(table(['application', 'file', 'when', 'gzip bytes'], files));
  }
}
