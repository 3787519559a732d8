/** What each error class says: code, name, place, reason and remedy. */
import { describe, expect, it } from 'vitest';
import * as errors from '../../src/core/errors.ts';

const {
  DeviceError,
  GraphError,
  ImportError,
  InputError,
  LoadError,
  PlanError,
  ShaderError,
  ShapeError,
  TilewiseError,
  UnsupportedError,
} = errors;

const detail = { file: 'net.onnx', node: 'conv1', op: 'Conv', hint: 'Export it again' };
const items = [
  { node: 'a', op: 'Foo', what: 'operator' },
  { node: 'b', op: 'Bar', what: 'mode = "odd"' },
];

const CASES: readonly [errors.TilewiseError, errors.ErrorCode, string][] = [
  [
    new ImportError('it is cut off', detail),
    'IMPORT_FAILED',
    'file net.onnx, node "conv1" (Conv): it is cut off. Export it again',
  ],
  [new GraphError('there is a cycle', { node: 'a' }), 'GRAPH_INVALID', 'node "a": there is a cycle'],
  [new ShapeError('3 and 4 differ', { node: 'a', op: 'Add' }), 'SHAPE_MISMATCH', 'node "a" (Add): 3 and 4 differ'],
  [new PlanError('too large', { hint: 'Use a smaller batch' }), 'PLAN_FAILED', 'too large. Use a smaller batch'],
  [new ShaderError('refused', { lines: ['> 1 fn', '> 2 }'] }), 'SHADER_FAILED', 'refused:\n> 1 fn\n> 2 }'],
  [new DeviceError('NO_DEVICE', 'none', { hint: 'Install one' }), 'NO_DEVICE', 'none. Install one'],
  [new DeviceError('DEVICE_LOST', 'it went away'), 'DEVICE_LOST', 'it went away'],
  [new InputError('no input "x"', { file: 'x.bin' }), 'INPUT_INVALID', 'file x.bin: no input "x"'],
  [new LoadError('there is no such file', { file: 'x' }), 'LOAD_FAILED', 'file x: there is no such file'],
  [
    new UnsupportedError(items, { file: 'net.onnx', hint: 'Simplify it' }),
    'UNSUPPORTED',
    'file net.onnx: the model needs 2 unsupported things:\n  Foo "a": operator\n  Bar "b": mode = "odd". Simplify it',
  ],
];

describe('errors', () => {
  it.each(CASES.map(([error, code, message]) => ({ name: error.name, error, code, message })))(
    '$name, $code',
    ({ error, code, message }) => {
      expect(error).toBeInstanceOf(TilewiseError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(error.constructor.name);
      expect(error.code).toBe(code);
      expect(error.message).toBe(message);
      expect(message).toContain(error.reason);
    },
  );

  it('are all in the table above', () => {
    const classes = Object.keys(errors).filter((name) => name !== 'TilewiseError');
    expect(new Set(CASES.map(([error]) => error.name))).toEqual(new Set(classes));
  });

  it('keep their cause and what they are about', () => {
    const cause = new RangeError('inner');
    const error = new ImportError('outer', { ...detail, cause });
    expect(error.cause).toBe(cause);
    expect(error.detail).toMatchObject(detail);
    expect(new UnsupportedError(items).items).toEqual(items);
    expect(new UnsupportedError(items.slice(0, 1)).message).toMatch(/1 unsupported thing: Foo "a": operator$/);
    expect('cause' in new ImportError('no cause')).toBe(false);
  });

  it('escape what steers a terminal or turns the direction of writing, and keep it in detail', () => {
    const evil = 'n\u001b[2J\u009b31m\u202etxt\u2066\n\ud800';
    const clean = 'n\\u{1b}[2J\\u{9b}31m\\u{202e}txt\\u{2066}\\u{a}\\u{d800}';
    const error = new ImportError(`value "${evil}" is missing`, { file: evil, node: evil, op: evil, hint: evil });
    expect(error.message).toBe(`file ${clean}, node "${clean}" (${clean}): value "${clean}" is missing. ${clean}`);
    expect(error.detail).toMatchObject({ file: evil, node: evil, op: evil });
    const list = new UnsupportedError([...items, { node: evil, op: evil, what: evil }]);
    expect(list.message.split('\n').at(-1)).toBe(`  ${clean} "${clean}": ${clean}`);
  });
});
