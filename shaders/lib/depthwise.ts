/** The strip that a depthwise kernel makes, as WGSL: its operands, its position, its sums, and how it is written. */
import type { FloatStorage, Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import {
  biasVector,
  epilogueBindings,
  epilogueParams,
  finishFunction,
  outputBinding,
  type EpilogueSpec,
} from './epilogue.ts';
import { linearIndex } from './index.ts';
import { u32 } from './literal.ts';
import { shaderModule, wgsl, type ParamFields, type ShaderModule } from './module.ts';
import { elementOf, vectorType } from './numbers.ts';
import { inputRow, perPixel, stripPosition, WINDOW_PARAMS, X_PARAMS, type WindowSpec } from './window.ts';

/** Invocations per workgroup. */
export const DEPTHWISE_WORKGROUP = 64;

/** What depthwise kernels have in common: `pixels` output pixels of `width` channels for each invocation. */
export interface DepthwiseStripSpec extends EpilogueSpec {
  readonly window: WindowSpec;
  readonly pixels: number;
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: Storage;
}

/** The part in which they differ. */
interface KernelRows {
  /** Parameters beside those of a strip. */
  readonly params?: ParamFields;
  /** Statements before the kernel's rows. */
  readonly before?: string;
  /** Statements for kernel row `ky` at row `input_row` of x, which add to the sums `acc0`, `acc1` … */
  readonly row: string;
}

/**
 * Statements that add `taps` unrolled taps to the sums, `indent`ed: `weight(t)` is the expression of tap t's weight. An input column that several
 * pixels see is read once; `left` is the first.
 */
export function tapProducts(
  { window, pixels, width }: DepthwiseStripSpec,
  taps: number,
  weight: (tap: number) => string,
  indent: string,
): string {
  const type = vectorType('f32', width);
  const columnOf = (p: number, t: number): number => p * window.strides[1] + t * window.dilations[1];
  const products = range(pixels).flatMap((p) => range(taps).map((t) => ({ p, t, column: columnOf(p, t) })));
  const columns = [...new Set(products.map(({ column }) => column))].sort((a, b) => a - b);
  const lines = [
    ...range(taps).map((t) => `let w${t} = ${weight(t)};`),
    ...columns.flatMap((column) => [
      `let ix${column} = left + ${u32(column)};`,
      `let x${column} = select(${type}(), ${type}(x[x_start + (input_row + ix${column}) * stride]), ix${column} < params.in_w);`,
    ]),
    ...products.map(({ p, t, column }) => `acc${p} += x${column} * w${t};`),
  ];
  return lines.map((line) => indent + line).join('\n');
}

function store({ width }: DepthwiseStripSpec): (pixel: number) => string {
  const acc = (p: number): string => (width === 4 ? `acc${p}` : `vec4<f32>(acc${p}, 0.0, 0.0, 0.0)`);
  return (p) =>
    `  if (ox + ${u32(p)} < params.out_w) { finish(${acc(p)}, out_row + ${u32(p)}, block * ${u32(width)}, 1u); }`;
}

/** The shader of a depthwise kernel: everything but what it does with a kernel row. */
export function depthwiseStrip(spec: DepthwiseStripSpec, { params, before, row }: KernelRows): ShaderModule {
  const { window, pixels, width } = spec;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, width) },
      { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width }) },
      ...epilogueBindings(spec, width),
      outputBinding(spec, width),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      blocks: 'u32',
      strips: 'u32',
      multiplier: 'u32',
      kernel_h: 'u32',
      ...params,
      ...epilogueParams(spec),
    },
    workgroupSize: [DEPTHWISE_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, width),
    body: wgsl`
  ${linearIndex(DEPTHWISE_WORKGROUP)}
  if (i >= params.count) { return; }
  ${stripPosition('params.blocks', pixels)}
  let stride = params.x_pitch / ${u32(width)};
  let x_start = params.x_offset / ${u32(width)} + block / params.multiplier;
#if ${spec.bias && width === 4}
  let start = ${biasVector('block * 4u')};
#elif ${spec.bias}
  let start = bias[block];
#else
  let start = ${vectorType('f32', width)}();
#endif
${perPixel(pixels, (p) => `  var acc${p} = start;`)}
${before === undefined ? '' : `${before}\n`}  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    let input_row = (n * params.in_h + iy) * params.in_w;
${row}
  }
  let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, store(spec))}`,
  });
}
