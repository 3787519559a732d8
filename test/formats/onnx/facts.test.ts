/** Which operators the importer knows more of from the start: those that rows of common operators write. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMON_FACTS } from '../../../src/formats/onnx/facts.ts';
import { COMMON_OPS } from '../../../src/ops/common.ts';
import { FURTHER_OPS } from '../../../src/ops/further.ts';

const FORMATS = join(import.meta.dirname, '../../../src/formats');

/** A file and all that it imports of the formats, types and what is loaded on demand left out. */
function sourcesOf(path: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(path) || !path.startsWith(FORMATS)) return found;
  const text = readFileSync(path, 'utf8');
  found.set(path, text);
  for (const [, to = ''] of text.matchAll(/^import (?!type)[^;]* from '(\.[^']+)';$/gm)) {
    sourcesOf(join(dirname(path), to), found);
  }
  return found;
}

describe('facts that are there from the start', () => {
  it('are those of every operator that common rows name', () => {
    const sources = sourcesOf(join(FORMATS, 'onnx/operators.ts'));
    sources.delete(join(FORMATS, 'onnx/facts.ts'));
    const operators = Object.keys({ ...COMMON_OPS, ...FURTHER_OPS });
    const named = operators.filter((op) => [...sources.values()].some((text) => text.includes(`'${op}'`)));
    expect(named).toEqual(expect.arrayContaining(['Conv', 'ArgMaxPool', 'GlobalMaxPool', 'ConstantOfShape', 'Unary']));
    expect(named.filter((op) => !Object.hasOwn(COMMON_FACTS, op))).toEqual([]);
  });
});
