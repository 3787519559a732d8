/**
 * Max and average pooling: one output pixel of one channel, or of four neighbouring ones, per invocation.
 *
 * Layout: x[((n·in_h + iy)·in_w + ix)·in_c + c], y[((n·out_h + oy)·out_w + ox)·out_c + c].
 * Bindings: 0 x read f32, 1 y read_write f32 (both vec4 when width is 4).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · out_w · C / width.
 * Spec: kind; window; width 4 when C % 4 = 0; countIncludePad divides by the taps on input or padding, of which
 *   in + pad_end bounds the positions, so that a ceil-mode overhang is not counted.
 * Limits: no workgroup storage.
 */
import { linearIndex } from './lib/index.ts';
import { u32 } from './lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';
import { isNanFunction, vectorType } from './lib/numbers.ts';
import { inputColumn, inputRow, stripPosition, WINDOW_PARAMS, type WindowSpec } from './lib/window.ts';

/** Invocations per workgroup. */
export const POOL_WORKGROUP = 64;

export interface PoolSpec {
  readonly kind: 'max' | 'average';
  readonly window: WindowSpec;
  readonly width: 1 | 4;
  readonly countIncludePad: boolean;
}

/** Counts, per axis, the taps that lie before the end of the declared padding. */
function paddedTaps({ kernel, strides, dilations }: WindowSpec): string {
  const taps = (axis: 0 | 1, out: string, limit: string): string => `
  var ${limit}_taps = 0u;
  for (var k = 0u; k < ${u32(kernel[axis])}; k++) {
    if (${out} * ${u32(strides[axis])} + k * ${u32(dilations[axis])} < params.${limit}) { ${limit}_taps++; }
  }`;
  return `${taps(0, 'oy', 'padded_h')}${taps(1, 'ox', 'padded_w')}
  let divisor = padded_h_taps * padded_w_taps;`;
}

export function poolShader({ kind, window, width, countIncludePad }: PoolSpec): ShaderModule {
  const element = vectorType('f32', width);
  const isMax = kind === 'max';
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'y', access: 'read_write', element },
    ],
    params: {
      ...WINDOW_PARAMS,
      count: 'u32',
      blocks: 'u32',
      strips: 'u32',
      ...(isMax ? ({ lowest: 'f32' } as const) : {}),
      ...(countIncludePad ? ({ padded_h: 'u32', padded_w: 'u32' } as const) : {}),
    },
    workgroupSize: [POOL_WORKGROUP, 1, 1],
    declarations: isMax ? isNanFunction(width) : '',
    body: wgsl`
  ${linearIndex(POOL_WORKGROUP)}
  if (i >= params.count) { return; }
  ${stripPosition('params.blocks', 1)}
#if ${isMax}
  var acc = ${element}(params.lowest);
#else
  var acc = ${element}();
#endif
#if ${!isMax && !countIncludePad}
  var divisor = 0u;
#endif
  for (var ky = 0u; ky < ${u32(window.kernel[0])}; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    for (var kx = 0u; kx < ${u32(window.kernel[1])}; kx++) {
      let ix = ${inputColumn(window, 'kx', 0)};
      if (ix >= params.in_w) { continue; }
      let v = x[((n * params.in_h + iy) * params.in_w + ix) * params.blocks + block];
#if ${isMax}
      acc = select(acc, v, (v > acc) | is_nan(v));
#else
      acc += v;
#endif
#if ${!isMax && !countIncludePad}
      divisor++;
#endif
    }
  }
#if ${countIncludePad}
${paddedTaps(window)}
#endif
#if ${isMax}
  y[i] = acc;
#else
  y[i] = acc / f32(divisor);
#endif`,
  });
}
