/**
 * Cosines and sines, by which a product is a discrete Fourier transform. Angles are reduced to quarters of a turn in integers,
 * so that they are as exact for the last frequency as for the first.
 *
 * Layout: y [positions · parts, columns], columns of real and imaginary parts side by side, or of real parts where it goes
 * back from one-sided frequencies.
 * Bindings: 0 y read_write f32.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: parts of what is transformed; inverse; oneSided.
 * Limits: no workgroup storage; count up to 2^25, so that products of position and frequency fit.
 */
import { linearIndex } from '../lib/index.ts';
import { f32, u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { sineFunction } from '../lib/sine.ts';

/** Invocations per workgroup. */
export const DFT_MATRIX_WORKGROUP = 64;

export interface DftMatrixSpec {
  readonly parts: 1 | 2;
  readonly inverse: boolean;
  readonly oneSided: boolean;
}

export function dftMatrixShader({ parts, inverse, oneSided }: DftMatrixSpec): ShaderModule {
  const back = inverse && oneSided;
  const across = back ? 1 : 2;
  // Minus sine is a cosine one quarter on, sine one that is three quarters on.
  const [up, down] = inverse ? [3, 1] : [1, 3];
  return shaderModule({
    bindings: [{ name: 'y', access: 'read_write', element: 'f32' }],
    params: { count: 'u32', columns: 'u32', length: 'u32' },
    workgroupSize: [DFT_MATRIX_WORKGROUP, 1, 1],
    declarations: sineFunction(),
    body: wgsl`
  ${linearIndex(DFT_MATRIX_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.columns;
  let column = i % params.columns;
  let position = row / ${u32(parts)};
  let turned = 4u * (position * (column / ${u32(across)}) % params.length);
  let rest = f32(turned % params.length) / f32(params.length);
  let moved = i32(column % ${u32(across)}) - i32(row % ${u32(parts)});
  let quarters = select(select(0u, ${u32(up)}, moved > 0i), ${u32(down)}, moved < 0i);
  var v = sine(rest * ${f32(Math.PI / 2)}, turned / params.length + quarters + 1u);
#if ${inverse}
  v /= f32(params.length);
#endif
#if ${back}
  if (position > 0u && 2u * position < params.length) { v *= 2.0; }
#endif
  y[i] = v;`,
  });
}
