/** One name, one meaning: what is exported under one name in two files is an operator, or one of a few that are listed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Names that others gave, or that are to be found under one name in two entry points. */
const MEANT: Readonly<Record<string, string>> = {
  Tensor: 'the one of onnxruntime-common beside ours',
  createClassifier: 'in Node, in place of that for pages',
  createDetector: 'in Node, in place of that for pages',
  createFaceDetector: 'in Node, in place of that for pages',
  createHandDetector: 'in Node, in place of that for pages',
  createPoseEstimator: 'in Node, in place of that for pages',
  createMatting: 'in Node, in place of that for pages',
  createSegmenter: 'in Node, in place of that for pages',
  convertModel: 'in Node, in place of that for pages',
  createTextDetector: 'in Node, in place of that for pages',
  createUpscaler: 'in Node, in place of that for pages',
  quantize: 'in Node, in place of that for pages',
  Session: 'in Node, in place of that for pages',
};

/** Rows and tables of a format are named as its operators, layers and families are: a name may stand in one file of each format. */
const FORMAT_ROWS = /^src\/formats\/(\w+)\/(?:\w+\/)?(?:ops|layers)\//;

function areRowsOfFormats(files: ReadonlySet<string>): boolean {
  const formats = [...files].map((path) => FORMAT_ROWS.exec(path)?.[1]);
  return formats.every((format) => format !== undefined) && new Set(formats).size === formats.length;
}

/** Exported names, with the files that declare them. Overloads, and a type beside a value of its name, are one. */
function declarations(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const folder of ['src', 'shaders', 'models']) {
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      // Kernels of WASM are another language, with names of its own.
      if (!path.endsWith('.ts') || path.endsWith('.d.ts') || /runtime\/wasm\/(assembly|generated)\//.test(path))
        continue;
      const text = readFileSync(join(root, folder, path), 'utf8');
      for (const [, name = ''] of text.matchAll(
        /^export (?:async |abstract )*(?:function\*?|class|const|let|interface|type|enum) +([\w$]+)/gm,
      )) {
        found.set(name, (found.get(name) ?? new Set()).add(`${folder}/${path}`));
      }
    }
  }
  return found;
}

/** The operators by their names in code: `TopK` is `topK`, `PRelu` `pRelu`, `LRN` `lrn`. */
function operators(): Set<string> {
  const folder = join(root, 'src/ir/ops');
  const rows = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/^ {2}readonly ([A-Z]\w*): /gm)]);
  return new Set(rows.map(([, op = '']) => op.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase())));
}

const known = operators();
const twice = [...declarations()].filter(
  ([name, files]) => files.size > 1 && !known.has(name) && !areRowsOfFormats(files),
);

describe('exported names', () => {
  it('are looked at together with the operators there are', () => {
    expect([...known]).toEqual(
      expect.arrayContaining(['conv', 'topK', 'lrn', 'gatherND', 'pRelu', 'reduce', 'reshape']),
    );
    expect(known.size).toBeGreaterThanOrEqual(38);
  });

  it('are declared in one file, unless they are operators', () => {
    const bad = twice.filter(([name]) => !(name in MEANT));
    expect(bad.map(([name, files]) => `${name}: ${[...files].sort().join(', ')}`)).toEqual([]);
  });

  it('are not listed as exceptions in vain', () => {
    const names = new Set(twice.map(([name]) => name));
    expect(Object.keys(MEANT).filter((name) => !names.has(name))).toEqual([]);
  });
});
