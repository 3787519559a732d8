/** Files that a command writes: safe names, and one error for what cannot be written. */
import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutputFolder } from '../../src/cli/output-folder.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-folder-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function namesOf(stems: readonly string[]): string[] {
  const folder = new OutputFolder(dir, 'the outputs', []);
  return stems.map((stem) => folder.freeName(stem, '.bin'));
}

describe('OutputFolder', () => {
  it('keeps harmless names, replaces the rest, and stays unique', () => {
    expect(namesOf(['prob', 'a/b:0', 'a b 0', 'A_b_0', '../../x', '', '..'])).toEqual([
      'prob.bin',
      'a_b_0.bin',
      'a_b_0_1.bin',
      'A_b_0_2.bin',
      '_.._x.bin',
      'output.bin',
      'output_1.bin',
    ]);
    expect(namesOf(['x'.repeat(300)])[0]?.length).toBe(104);
  });

  it('gives no name of a file that was read, by whatever path it was named', () => {
    const input = join(dir, 'photo.jpg');
    writeFileSync(input, 'a photograph');
    linkSync(input, join(dir, 'linked.jpg'));
    symlinkSync(input, join(dir, 'there.jpg'));
    const folder = new OutputFolder(dir, 'the pictures', ['missing.jpg', join(dir, 'none/../photo.jpg')]);
    const names = ['photo', 'linked', 'there', 'missing'].map((stem) => folder.freeName(stem, '.jpg'));
    expect(names).toEqual(['photo_1.jpg', 'linked_1.jpg', 'there_1.jpg', 'missing.jpg']);
  });

  it('makes folders, and says what cannot be written', () => {
    const folder = new OutputFolder(join(dir, 'a/b'), 'the outputs', []);
    expect(readFileSync(folder.write('x.txt', 'text'), 'utf8')).toBe('text');
    const file = join(dir, 'a/b/x.txt');
    expect(() => new OutputFolder(file, 'the outputs', [])).toThrow(
      /x\.txt: the outputs cannot be written.*--output-dir/,
    );
    expect(() => folder.write('no/such/x', '')).toThrow(/the outputs cannot be written/);
  });
});
