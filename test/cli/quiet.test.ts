/** When the command runs in a child whose stderr is read, and what is kept of that. */
import { describe, expect, it } from 'vitest';
import { isNoisy, withoutRemarks } from '../../src/cli/quiet.ts';

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

describe('withoutRemarks', () => {
  it('drops what Dawn says of limits and missing drivers, with where it is from, and nothing else', () => {
    const heard = [
      'Warning: maxDynamicUniformBuffersPerPipelineLayout artificially reduced from 1000000 to 16 to fit a limit.',
      'Warning: vkCreateInstance: Found no drivers!',
      'Warning: vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER',
      '    at CheckVkSuccessImpl (/dawn/native/vulkan/VulkanError.cpp:106)',
      '',
    ];
    const meant = [
      'error: no usable WebGPU adapter',
      '    at openGpu (adapter.ts:1)',
      '',
      'Warning: a driver is damaged',
    ];
    expect([...heard, ...meant].filter(withoutRemarks())).toEqual(meant);
  });
});
