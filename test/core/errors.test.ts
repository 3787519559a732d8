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
  [new ShaderError('refused:\n> 1 fn'), 'SHADER_FAILED', 'refused:\n> 1 fn'],
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
    expect(new UnsupportedError(items.slice(0, 1)).message).toMatch(/1 unsupported thing:/);
    expect('cause' in new ImportError('no cause')).toBe(false);
  });
});
