/**
 * Local response normalisation across channels, the last dimension: x / (bias + alpha/size·Σx²)^beta.
 *
 * Layout: x and y dense, channel i % channels.
 * Bindings: 0 x read f32, 1 y read_write f32.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none; the window over channels is a parameter.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { keepNanFunction } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const LRN_WORKGROUP = 64;

export function lrnShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'f32' },
      { name: 'y', access: 'read_write', element: 'f32' },
    ],
    params: {
      count: 'u32',
      channels: 'u32',
      before: 'u32',
      after: 'u32',
      factor: 'f32',
      beta: 'f32',
      bias: 'f32',
    },
    workgroupSize: [LRN_WORKGROUP, 1, 1],
    // Of NaN some drivers' powers make a number.
    declarations: keepNanFunction(1),
    body: wgsl`
  ${linearIndex(LRN_WORKGROUP)}
  if (i >= params.count) { return; }
  let c = i % params.channels;
  let last = min(c + params.after, params.channels - 1u);
  var squares = 0.0;
  for (var k = c - min(c, params.before); k <= last; k++) {
    let v = x[i - c + k];
    squares += v * v;
  }
  let size = params.bias + params.factor * squares;
  y[i] = x[i] / keep_nan(size, pow(size, params.beta));`,
  });
}
