/** What every producer does to its accumulators before it writes them: bias, residual, activation, placement. */
import type { FloatStorage } from '../../src/core/storage.ts';
import type { ActivationKind } from '../../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activateFunction } from './activation.ts';
import type { Binding, ParamFields } from './module.ts';
import { wgsl } from './module.ts';
import type { Dequantise } from './int8-weights.ts';
import { vectorType } from './numbers.ts';
import { INT8_WEIGHTS } from './weights.ts';

/** The fused tail of a kernel. */
export interface EpilogueSpec {
  readonly bias: boolean;
  /**
   * The sums are of weights in bytes: they are multiplied by weight_scale[channel], and the bias, where there is one, is added
   * then; `bias` is false, so that no kernel does.
   */
  readonly dequantise?: Dequantise | undefined;
  /**
   * `inPlace`: where the parameter `accumulate` is 1, the residual is what `y` holds, to be overwritten, and there is no
   * binding for it; where it is 0 there is no residual.
   */
  readonly residual: 'none' | 'read' | 'inPlace';
  readonly residualType: FloatStorage;
  readonly outType: FloatStorage;
  readonly activation: ActivationKind;
  /** Neighbouring channels of y may not be neighbours in memory (see `Placement`); then y is written one by one. */
  readonly scattered: boolean;
  /** What is between the kernel and its results, where sums are in another order. */
  readonly between?: Between;
}

/** Parameters, and a function `finish` like that of `finishFunction`, which is then `finish_result`. */
export interface Between {
  readonly params: ParamFields;
  readonly declarations: string;
}

/** Bindings the epilogue adds, after the operands and before the output. The residual is read as wide as the output. */
export function epilogueBindings({ bias, dequantise, residual, residualType }: EpilogueSpec, width: 1 | 4): Binding[] {
  const element = vectorType(residualType, width);
  return [
    ...(dequantise ? INT8_WEIGHTS.get().bindings(dequantise, width) : []),
    ...(bias ? [{ name: 'bias', access: 'read', element: 'f32' } as const] : []),
    ...(residual === 'read' ? [{ name: 'residual', access: 'read', element } as const] : []),
  ];
}

/** The output binding. */
export function outputBinding({ outType }: EpilogueSpec, width: 1 | 4): Binding {
  return { name: 'y', access: 'read_write', element: vectorType(outType, width) };
}

/** Parameters the epilogue adds. */
export function epilogueParams({ residual, scattered, between }: EpilogueSpec): ParamFields {
  return {
    ...ACTIVATION_PARAMS,
    ...between?.params,
    y_offset: 'u32',
    y_pitch: 'u32',
    ...(residual === 'read' ? ({ r_offset: 'u32', r_pitch: 'u32' } as const) : {}),
    ...(residual === 'inPlace' ? ({ accumulate: 'u32' } as const) : {}),
    ...(scattered ? ({ y_block: 'u32', y_step: 'u32', y_block_step: 'u32' } as const) : {}),
  };
}

/**
 * Declares `fn finish(acc: vec4<f32>, row: u32, channel: u32, lanes: u32)`, which adds the residual, activates, and
 * writes up to four channels of a row of `y` from `channel` on. `width` 4 writes a vector (channel, pitch and offset are
 * multiples of 4, all lanes exist), 1 writes `lanes` single elements.
 */
export function finishFunction(spec: EpilogueSpec, width: 1 | 4): string {
  const { residual, scattered, outType, dequantise, between } = spec;
  const element = vectorType(outType, width);
  return wgsl`
${activateFunction(spec.activation, 'vec4<f32>')}
fn finish${between ? '_result' : ''}(acc: vec4<f32>, row: u32, channel: u32, lanes: u32) {
  var v = ${dequantise ? INT8_WEIGHTS.get().real(dequantise, width) : 'acc'};
#if ${width === 4}
  let at = (params.y_offset + row * params.y_pitch + channel) / 4u;
#if ${residual === 'read'}
  v += vec4<f32>(residual[(params.r_offset + row * params.r_pitch + channel) / 4u]);
#elif ${residual === 'inPlace'}
  if (params.accumulate != 0u) { v += vec4<f32>(y[at]); }
#endif
  y[at] = ${element}(activate(v));
#else
  let at = params.y_offset + row * params.y_pitch;
#if ${residual === 'read'}
  let r = params.r_offset + row * params.r_pitch + channel;
  v += vec4<f32>(f32(residual[r]), f32(residual[r + 1u]), f32(residual[r + 2u]), f32(residual[r + 3u]));
#elif ${residual === 'inPlace'}
  if (params.accumulate != 0u) {
    for (var j = 0u; j < lanes; j++) { v[j] += f32(y[at + channel + j]); }
  }
#endif
  v = activate(v);
#if ${scattered}
  var block = channel / params.y_block;
  var in_block = channel - block * params.y_block;
  for (var j = 0u; j < lanes; j++) {
    y[at + in_block * params.y_step + block * params.y_block_step] = ${element}(v[j]);
    in_block++;
    if (in_block == params.y_block) { in_block = 0u; block++; }
  }
#else
  for (var j = 0u; j < lanes; j++) { y[at + channel + j] = ${element}(v[j]); }
#endif
#endif
}${between?.declarations ?? ''}`;
}

/** The four biases from `channel` (an expression) on. Past the end they are whatever: those lanes are not written. */
export function biasVector(channel: string, stride = ''): string {
  const index = (j: number): string => `bias[${channel} + ${j}u${stride ? ` * ${stride}` : ''}]`;
  return `vec4<f32>(${[0, 1, 2, 3].map(index).join(', ')})`;
}
