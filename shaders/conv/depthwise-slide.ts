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
 * Spec: kernel and strides `[vertical, horizontal]`; pixels; workgroup; xType, wType f32 or f16; epilogue. Dilation and
 *   channel multiplier are 1; width 4 where all operands are placed for vectors. weightLoop: the weights are read in a loop, which
 *   a driver for processors compiles in half the time; a GPU would not keep them in registers.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { ceilDiv, range } from '../../src/util/arrays.ts';
import { epilogueBindings, epilogueParams, finishFunction, outputBinding, type EpilogueSpec } from '../lib/epilogue.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { perPixel, WINDOW_PARAMS, X_PARAMS, type WindowSpec } from '../lib/window.ts';

export interface ConvDepthwiseSlideSpec extends EpilogueSpec, Pick<WindowSpec, 'kernel' | 'strides'> {
  /** Width of a strip. */
  readonly pixels: number;
  /** Channels of a strip. */
  readonly width: 1 | 4;
  readonly workgroup: number;
  readonly weightLoop: boolean;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
}

/** Output rows that one input row can be part of, and so are being summed at a time. */
function openRows({ kernel, strides }: ConvDepthwiseSlideSpec): number {
  return ceilDiv(kernel[0], strides[0]);
}

/** Input columns that a strip sees. */
function columnsOf({ kernel, strides, pixels }: ConvDepthwiseSlideSpec): number {
  return (pixels - 1) * strides[1] + kernel[1];
}

/**
 * The last `stride` input rows of output row `oy`: each is read, and added to `oy` (sums 0) and to the rows after it
 * (sums 1 …), for which it is an earlier kernel row. What lies outside the input is zero.
 */
function inputRows(spec: ConvDepthwiseSlideSpec): string {
  const { kernel, strides, pixels, width } = spec;
  const element = vectorType('f32', width);
  const first = kernel[0] - strides[0];
  const sums = (p: number, d: number, ky: number): string => {
    const taps = range(kernel[1]).map((kx) => `x${p * strides[1] + kx} * w${ky * kernel[1] + kx}`);
    return `      sum${d}_${p} = sum${d}_${p} + ${taps.join(' + ')};`;
  };
  // A stride beyond the kernel passes over the rows between two windows.
  const rows = range(strides[0]).filter((j) => first + j >= 0);
  return rows
    .map((j) => {
      const seen = range(openRows(spec)).filter((d) => first + j - d * strides[0] >= 0);
      const columns = range(columnsOf(spec)).map(
        (c) => `      let x${c} = select(${element}(), ${element}(x[at + column${c}]), is_inside && inside${c});`,
      );
      return `    {
      let iy = oy * ${u32(strides[0])} + ${u32(first + j)} - params.pad_top;
      let is_inside = iy < params.in_h;
      let at = (n * params.in_h + min(iy, params.in_h - 1u)) * params.in_w * pitch;
${columns.join('\n')}
${range(pixels)
  .flatMap((p) => seen.map((d) => sums(p, d, first + j - d * strides[0])))
  .join('\n')}
    }`;
    })
    .join('\n');
}

/** Each open row becomes the one before; the last starts anew. */
function shift(spec: ConvDepthwiseSlideSpec): string {
  const last = openRows(spec) - 1;
  return perPixel(spec.pixels, (p) =>
    [...range(last).map((d) => `    sum${d}_${p} = sum${d + 1}_${p};`), `    sum${last}_${p} = start;`].join('\n'),
  );
}

/** The bias as wide as the sums: its channels start at a multiple of the width. */
function wideBias(binding: Binding, width: 1 | 4): Binding {
  return binding.name === 'bias' ? { ...binding, element: vectorType('f32', width) } : binding;
}

function column(c: number): string {
  return `  let inside${c} = left + ${u32(c)} < params.in_w;
  let column${c} = min(left + ${u32(c)}, params.in_w - 1u) * pitch + x_start;`;
}

/** Declares the position of the strip, the input columns it sees, its weights, and the sums of the open rows. */
function prologue(spec: ConvDepthwiseSlideSpec): string {
  const { kernel, strides, pixels, width, weightLoop } = spec;
  const element = vectorType('f32', width);
  const taps = kernel[0] * kernel[1];
  const weight = (t: number): string =>
    weightLoop
      ? `  let w${t} = weights[${u32(t)}];`
      : `  let w${t} = ${element}(w[${u32(t)} * params.blocks + block]);`;
  return wgsl`
  let block = i % params.blocks;
  let strip = i / params.blocks;
  let segment = strip / params.strips;
  let n = segment / params.segments;
  let ox = (strip - segment * params.strips) * ${u32(pixels)};
  let first = (segment - n * params.segments) * params.rows;
  let rows = min(params.rows, params.out_h - first);
  let left = ox * ${u32(strides[1])} - params.pad_left;
  let pitch = params.x_pitch / ${u32(width)};
  let x_start = params.x_offset / ${u32(width)} + block;
${perPixel(columnsOf(spec), column)}
#if ${weightLoop}
  var weights: array<${element}, ${u32(taps)}>;
  for (var t = 0u; t < params.taps; t++) { weights[t] = ${element}(w[t * params.blocks + block]); }
#endif
${perPixel(taps, weight)}
#if ${spec.bias}
  let start = bias[block];
#else
  let start = ${element}();
#endif
${range(openRows(spec))
  .map((d) => perPixel(pixels, (p) => `  var sum${d}_${p} = start;`))
  .join('\n')}`;
}

function store(p: number, width: 1 | 4): string {
  const sum = width === 4 ? `sum0_${p}` : `vec4<f32>(sum0_${p}, 0.0, 0.0, 0.0)`;
  return `      if (ox + ${u32(p)} < params.out_w) { finish(${sum}, out_row + ${u32(p)}, block * ${u32(width)}, ${u32(width)}); }`;
}

export function convDepthwiseSlideShader(spec: ConvDepthwiseSlideSpec): ShaderModule {
  const { pixels, width, workgroup } = spec;
  const before = u32(openRows(spec) - 1);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, width) },
      { name: 'w', access: 'read', element: vectorType(spec.wType, width) },
      ...epilogueBindings(spec, width).map((binding) => wideBias(binding, width)),
      outputBinding(spec, width),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      blocks: 'u32',
      strips: 'u32',
      segments: 'u32',
      rows: 'u32',
      ...(spec.weightLoop ? ({ taps: 'u32' } as const) : {}),
      ...epilogueParams(spec),
    },
    workgroupSize: [workgroup, 1, 1],
    declarations: finishFunction(spec, width),
    body: wgsl`
  ${linearIndex(workgroup)}
  if (i >= params.count) { return; }
${prologue(spec)}
  // The first steps only open the sums of rows that the strip above has a part in.
  for (var step = 0u; step < rows + ${before}; step++) {
    let oy = first + step - ${before};
${inputRows(spec)}
    if (step >= ${before}) {
      let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, (p) => store(p, width))}
    }
${shift(spec)}
  }`,
  });
}
