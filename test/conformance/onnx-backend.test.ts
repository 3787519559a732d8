/** The ONNX project's own tests (Debian package libonnx-testdata) on the CPU reference and on WASM, and which are in scope. */
import { describe, expect, it } from 'vitest';
import { expectedToPass } from '../../bench/conformance/expected.ts';
import { WIDENED } from '../../bench/conformance/run-test.ts';
import { matches, outOfScope } from '../../bench/conformance/scope.ts';
import { suiteTests } from '../../bench/conformance/suite.ts';
import { FULL } from '../helpers/full.ts';
import { expectSuite, hasSuite } from './onnx-suite.ts';

describe.skipIf(!hasSuite)('ONNX operator tests', () => {
  it('pass on the CPU where they are listed, and are listed where they pass', () => expectSuite('cpu'));

  it('pass on WASM, a quarter of them, all in the full run', () =>
    expectSuite('wasm', FULL ? {} : { part: { index: 1, of: 4 } }));

  it('are all there, each under one name', () => {
    const names = suiteTests().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(1072);
    expect(new Set(names).size).toBe(names.length);
    const known = new Set(names);
    const listed = [
      ...expectedToPass('cpu'),
      ...expectedToPass('webgpu'),
      ...expectedToPass('wasm'),
      ...Object.keys(WIDENED),
    ];
    expect(listed.filter((name) => !known.has(name) || outOfScope(name) !== undefined)).toEqual([]);
    expect(Object.keys(WIDENED).length).toBeLessThanOrEqual(10);
  });
});

it('takes tests by pattern', () => {
  expect(matches('test_resize_*', 'test_resize_cubic')).toBe(true);
  expect(matches('test_resize_*', 'not_test_resize_')).toBe(false);
  expect(matches('test_?dd', 'test_add')).toBe(true);
  expect(matches('test.add', 'test_add')).toBe(false);
  expect(matches('*{add,sub}_?{8,9}', 'test_sub_u8')).toBe(true);
  expect(matches('*{add,sub}_?{8,9}', 'test_mul_u8')).toBe(false);
  expect(matches('{add', '{add')).toBe(true);
});
