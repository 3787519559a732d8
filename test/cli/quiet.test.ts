/** When the command runs in a child whose stderr is read. */
import { describe, expect, it } from 'vitest';
import { isNoisy } from '../../src/cli/quiet.ts';

describe.runIf(process.platform === 'linux')('isNoisy', () => {
  it.each([
    [['detect', 'x.jpg'], true],
    [['--json', 'run', 'm.onnx', '--backend', 'webgpu'], true],
    [['demo'], true],
    [['run', 'm.onnx', '--backend', 'cpu'], false],
    [['classify', 'x.jpg', '--backend=cpu'], false],
    [['detect', '--help'], false],
    [['inspect', 'm.onnx'], false],
    [['--version'], false],
    [[], false],
  ])('%j: %j', (argv, noisy) => {
    expect(isNoisy(argv)).toBe(noisy);
  });
});
