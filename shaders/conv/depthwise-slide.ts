/**
 * Depthwise convolution by strips that slide down: each invocation makes a strip `pixels` wide and `rows` high of one
 * channel, or of four neighbouring ones. An input row is read once and added to all the output rows that see it, so that a 3×3 kernel
 * reads 1.5 vectors for an output instead of 9; the weights are read once for the strip.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m], w[(ky·KW + kx)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; all vec4 when width is 4.
 * Workgroup: `workgroup` × 1 × 1; an invocation makes a strip.
 * Dispatch: dispatch1d(count, workgroup), count = N · segments · strips · blocks: blocks = out_c / width vary fastest, then
 *   strips = ⌈out_w / pixels⌉ along a row, then segments = ⌈out_h / rows⌉ down a column.
 * Spec: kernel and strides `[vertical, horizontal]`; pixels; workgroup; xType f32 or f16; wType these or i8x4; epilogue. Dilation and
 *   channel multiplier are 1; width 4 where all operands are placed for vectors. weightLoop: the weights are read in a loop, which
 *   a driver for processors compiles in half the time; a GPU would not keep them in registers.
 * Limits: no workgroup storage.
 */
import type { FloatStorage, Storage } from '../../src/core/storage.ts';
import { epilogueBindings, epilogueParams, finishFunction, outputBinding, type EpilogueSpec } from '../lib/epilogue.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { elementOf, vectorType } from '../lib/numbers.ts';
import {
  inputRows,
  slide,
  SLIDE_PARAMS,
  slideColumns,
  slidePosition,
  slideSums,
  type SlideSpec,
} from '../lib/slide.ts';
import { loadWeights } from '../lib/weights.ts';
import { perPixel, WINDOW_PARAMS, X_PARAMS } from '../lib/window.ts';

export interface ConvDepthwiseSlideSpec extends EpilogueSpec, SlideSpec {
  /** Channels of a strip. */
  readonly width: 1 | 4;
  readonly workgroup: number;
  readonly weightLoop: boolean;
  readonly xType: FloatStorage;
  readonly wType: Storage;
}

/** The bias as wide as the sums: its channels start at a multiple of the width. */
function wideBias(binding: Binding, width: 1 | 4): Binding {
  return binding.name === 'bias' ? { ...binding, element: vectorType('f32', width) } : binding;
}

/** What slides, and how: the texts in which sliding kernels differ. */
export interface SlideTexts {
  readonly params: ParamFields;
  /** Declares `block`, `n`, `ox`, the strip's rows, and `left`, the first input column it sees. */
  readonly position: string;
  /** Declares `insideC` and `columnC` of each input column it sees. */
  readonly columns: string;
  /**
   * Sums and the loop down the strip, of an expression of input column c in the row that begins at `at` and is there where `is_inside`,
   * and of the statement that stores `sum0_<pixel>`.
   */
  readonly steps: (column: (c: number) => string, store: (pixel: number, outPixel: string) => string) => string;
}

/** Declares the position of the strip, the input columns it sees, its weights, and where sums start. */
function prologue(spec: ConvDepthwiseSlideSpec, { position, columns }: SlideTexts): string {
  const { kernel, width, weightLoop, wType } = spec;
  const element = vectorType('f32', width);
  const taps = kernel[0] * kernel[1];
  const weight = (t: number): string =>
    weightLoop
      ? `  let w${t} = weights[${u32(t)}];`
      : `  let w${t} = ${loadWeights(wType, width, 'w', `${u32(t)} * params.blocks + block`)};`;
  return wgsl`
  ${position}
  let pitch = params.x_pitch / ${u32(width)};
  let x_start = params.x_offset / ${u32(width)} + block;
${columns}
#if ${weightLoop}
  var weights: array<${element}, ${u32(taps)}>;
  for (var t = 0u; t < params.taps; t++) { weights[t] = ${loadWeights(wType, width, 'w', 't * params.blocks + block')}; }
#endif
${perPixel(taps, weight)}
#if ${spec.bias}
  let start = bias[block];
#else
  let start = ${element}();
#endif`;
}

function store(p: number, width: 1 | 4, outPixel: string): string {
  const sum = width === 4 ? `sum0_${p}` : `vec4<f32>(sum0_${p}, 0.0, 0.0, 0.0)`;
  return `finish(${sum}, ${outPixel}, block * ${u32(width)}, ${u32(width)});`;
}

export function convDepthwiseSlideShader(spec: ConvDepthwiseSlideSpec): ShaderModule {
  return slidingDepthwise(spec, {
    params: SLIDE_PARAMS,
    position: slidePosition(spec),
    columns: slideColumns(spec),
    steps: (column, stored) => `${slideSums(spec)}
${slide(spec, inputRows(spec, column), (p) => stored(p, `out_row + ${u32(p)}`))}`,
  });
}

/** The shader of strips that slide by `texts`. */
export function slidingDepthwise(spec: ConvDepthwiseSlideSpec, texts: SlideTexts): ShaderModule {
  const { width, workgroup } = spec;
  const element = vectorType('f32', width);
  const column = (c: number): string => `select(${element}(), ${element}(x[at + column${c}]), is_inside & inside${c})`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, width) },
      { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width }) },
      ...epilogueBindings(spec, width).map((binding) => wideBias(binding, width)),
      outputBinding(spec, width),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      ...texts.params,
      ...(spec.weightLoop ? ({ taps: 'u32' } as const) : {}),
      ...epilogueParams(spec),
    },
    workgroupSize: [workgroup, 1, 1],
    declarations: finishFunction(spec, width),
    body: wgsl`
  ${linearIndex(workgroup)}
  if (i >= params.count) { return; }
${prologue(spec, texts)}
${texts.steps(column, (p, outPixel) => store(p, width, outPixel))}`,
  });
}
