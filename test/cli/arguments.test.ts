/** Parsing of shapes, named shapes and `NAME=FILE[:SHAPE]`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseCount,
  parseFeed,
  parseInputShapes,
  parseNumbers,
  parseSeed,
  parseShape,
} from '../../src/cli/arguments.ts';
import type { GraphInput } from '../../src/ir/graph.ts';

function inputs(...names: string[]): GraphInput[] {
  return names.map((name) => ({ name, dtype: 'float32', shape: ['n', 3] }));
}

describe('shapes and numbers', () => {
  it('reads extents, and scalar as rank 0', () => {
    expect(parseShape('1x3x352x352')).toEqual([1, 3, 352, 352]);
    expect(parseShape('7')).toEqual([7]);
    expect(parseShape('scalar')).toEqual([]);
  });

  it.each(['', 'x', '1x', '1x-3', '1,3', '1x3.5', 'axb'])('refuses %j as a shape', (text) => {
    expect(() => parseShape(text)).toThrow(/is not a shape.*1x3x224x224/);
  });

  it('reads counts, seeds and number lists, and refuses others', () => {
    expect(parseCount('5')).toBe(5);
    expect(() => parseCount('0')).toThrow('positive integer');
    expect(() => parseCount('two')).toThrow('positive integer');
    expect(parseSeed('0')).toBe(0);
    expect(() => parseSeed('-1')).toThrow('integer');
    expect(parseNumbers('0.485, 0.456,0.406')).toEqual([0.485, 0.456, 0.406]);
    expect(() => parseNumbers('1,,2')).toThrow('commas');
  });
});

describe('--input-shape', () => {
  it('takes names with = : and /, and no name where there is one input', () => {
    expect(parseInputShapes(['tower_0/images=1x3', 'a=b:0=2x3'], inputs('tower_0/images', 'a=b:0', 'a'))).toEqual({
      'tower_0/images': [1, 3],
      'a=b:0': [2, 3],
    });
    expect(parseInputShapes(['4x3'], inputs('only'))).toEqual({ only: [4, 3] });
  });

  it('names the inputs when the name is wrong', () => {
    expect(() => parseInputShapes(['b=1x3'], inputs('a'))).toThrow(/no input "b".*"a" \(float32 nx3\)/);
    expect(() => parseInputShapes(['1x3'], inputs('a', 'b'))).toThrow(/names no input/);
  });
});

describe('--input', () => {
  let dir = '';

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tilewise-args-'));
    writeFileSync(join(dir, 'a=b.bin'), '');
    writeFileSync(join(dir, 'plain.bin'), '');
    writeFileSync(join(dir, 'odd:12'), '');
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('takes NAME=FILE:SHAPE, FILE:SHAPE and FILE', () => {
    const file = join(dir, 'plain.bin');
    const expected = { name: 'x', file, shape: [2, 3] };
    expect(parseFeed(`x=${file}:2x3`, inputs('x', 'y'))).toEqual(expected);
    expect(parseFeed(`${file}:2x3`, inputs('x'))).toEqual(expected);
    expect(parseFeed(file, inputs('x'))).toEqual({ ...expected, shape: undefined });
  });

  it('takes names and paths with = and : in them', () => {
    const names = inputs('input:0', 'input');
    expect(parseFeed('input:0=f.bin:2x3', names)).toEqual({ name: 'input:0', file: 'f.bin', shape: [2, 3] });
    expect(parseFeed(join(dir, 'a=b.bin'), inputs('x')).file).toBe(join(dir, 'a=b.bin'));
    expect(parseFeed('x=C:f.bin', inputs('x'))).toEqual({ name: 'x', file: 'C:f.bin', shape: undefined });
  });

  it('prefers an existing file over reading the end of its name as a shape', () => {
    expect(parseFeed(join(dir, 'odd:12'), inputs('x'))).toEqual({
      name: 'x',
      file: join(dir, 'odd:12'),
      shape: undefined,
    });
    expect(parseFeed(`${join(dir, 'odd:12')}:4x3`, inputs('x')).shape).toEqual([4, 3]);
  });

  it('names the inputs when none matches', () => {
    expect(() => parseFeed('z=f.bin', inputs('x', 'y'))).toThrow(/no input "z".*"x".*"y"/);
    expect(() => parseFeed('f.bin', inputs('x', 'y'))).toThrow(/names no input/);
  });
});
