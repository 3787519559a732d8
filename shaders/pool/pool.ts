/**
 * Max and average pooling: each invocation makes a strip of output pixels of one channel, or of four neighbouring ones.
 * The taps of a kernel row are unrolled for a strip, and an input column that several of its pixels see is read once.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c], y[y_offset + ((n·out_h + oy)·out_w + ox)·y_pitch + c].
 * Bindings: 0 x read, 1 y read_write (both vec4 when width is 4).
 * Workgroup: workgroup × 1 × 1; an invocation makes `pixels` pixels × `width` channels.
 * Dispatch: dispatch1d(count, workgroup), count = N · out_h · strips · C / width, strips = ⌈out_w / pixels⌉.
 * Spec: kind; window; pixels, 1 for kernels too wide to unroll; width 4 when C % 4 = 0 and x and y are placed for vectors;
 *   xType, yType f32 or f16; workgroup; countIncludePad divides by the taps on input or padding, of which in + pad_end
 *   bounds the positions, so that a ceil-mode overhang is not counted.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import {
  inputColumn,
  inputRow,
  perPixel,
  stripPosition,
  WINDOW_PARAMS,
  X_PARAMS,
  type WindowSpec,
} from '../lib/window.ts';

export interface PoolSpec {
  readonly kind: 'max' | 'average';
  readonly window: WindowSpec;
  readonly pixels: number;
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
  readonly yType: FloatStorage;
  readonly workgroup: number;
  readonly countIncludePad: boolean;
}

/** Declares `fn taps(out, stride, dilation, kernel, pad, extent)`: how many of an axis' taps lie inside `extent`. */
const TAPS = `
fn taps(out: u32, stride: u32, dilation: u32, kernel: u32, pad: u32, extent: u32) -> u32 {
  var n = 0u;
  for (var k = 0u; k < kernel; k++) { if (out * stride + k * dilation - pad < extent) { n++; } }
  return n;
}`;

/** The number of taps that an average divides by, as an expression, for pixel `p` of a strip. */
function divisor({ window, countIncludePad }: PoolSpec, p: number): string {
  const { kernel, strides, dilations } = window;
  const axis = (i: 0 | 1, out: string): string => {
    const name = i === 0 ? 'h' : 'w';
    const inside = `params.pad_${i === 0 ? 'top' : 'left'}, params.in_${name}`;
    // Positions on the padding count from its start.
    const bounds = countIncludePad ? `0u, params.padded_${name}` : inside;
    return `taps(${out}, ${u32(strides[i])}, ${u32(dilations[i])}, ${u32(kernel[i])}, ${bounds})`;
  };
  const count = `${axis(0, 'oy')} * ${axis(1, `(ox + ${u32(p)})`)}`;
  // A dilated window may see nothing but padding.
  return dilations.some((d) => d > 1) ? `f32(max(${count}, 1u))` : `f32(${count})`;
}

/**
 * What pixel `p` makes of the element `x`. A maximum also keeps the largest element by the bits of its size, which is a NaN
 * where there was one: cheaper than to ask every element, and `max` may do with NaN as it likes.
 */
function fold({ kind, width }: PoolSpec, p: number, x: string): string {
  if (kind === 'average') return `acc${p} += ${x};`;
  const bits = vectorType('u32', width);
  return `acc${p} = max(acc${p}, ${x}); seen${p} = max(seen${p}, bitcast<${bits}>(${x}) & ${bits}(0x7fffffffu));`;
}

/** One kernel row for all pixels of a strip: its distinct input columns, then what each pixel makes of them. */
function unrolledRow(spec: PoolSpec): string {
  const { window, pixels, width } = spec;
  const { kernel, strides, dilations } = window;
  const element = vectorType('f32', width);
  const column = (p: number, kx: number): number => p * strides[1] + kx * dilations[1];
  const taps = range(pixels).flatMap((p) => range(kernel[1]).map((kx) => ({ p, c: column(p, kx) })));
  const columns = [...new Set(taps.map(({ c }) => c))].sort((a, b) => a - b);
  return [
    ...columns.map((c) => {
      const load = `${element}(x[start + (row + min(left + ${u32(c)}, params.in_w - 1u)) * pitch])`;
      return `    let x${c} = select(outside, ${load}, left + ${u32(c)} < params.in_w);`;
    }),
    ...taps.map(({ p, c }) => `    ${fold(spec, p, `x${c}`)}`),
  ].join('\n');
}

/** One kernel row for one pixel, as a loop. */
function loopedRow(spec: PoolSpec): string {
  const { window, width } = spec;
  return `    for (var kx = 0u; kx < ${u32(window.kernel[1])}; kx++) {
      let ix = ${inputColumn(window, 'kx', 0)};
      if (ix < params.in_w) {
        let v = ${vectorType('f32', width)}(x[start + (row + ix) * pitch]);
        ${fold(spec, 0, 'v')}
      }
    }`;
}

export function poolShader(spec: PoolSpec): ShaderModule {
  const { kind, window, pixels, width, xType, yType, workgroup, countIncludePad } = spec;
  const element = vectorType('f32', width);
  const average = kind === 'average';
  const store = (p: number): string => {
    const value = average
      ? `acc${p} / ${divisor(spec, p)}`
      : `select(acc${p}, bitcast<${element}>(seen${p}), seen${p} > ${vectorType('u32', width)}(0x7f800000u))`;
    const at = `y_at + ${u32(p)} * (params.y_pitch / ${u32(width)})`;
    return `  if (ox + ${u32(p)} < params.out_w) { y[${at}] = ${vectorType(yType, width)}(${value}); }`;
  };
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, width) },
      { name: 'y', access: 'read_write', element: vectorType(yType, width) },
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      y_offset: 'u32',
      y_pitch: 'u32',
      count: 'u32',
      blocks: 'u32',
      strips: 'u32',
      outside: 'f32',
      ...(countIncludePad ? ({ padded_h: 'u32', padded_w: 'u32' } as const) : {}),
    },
    workgroupSize: [workgroup, 1, 1],
    declarations: average ? TAPS : '',
    body: wgsl`
  ${linearIndex(workgroup)}
  if (i >= params.count) { return; }
  ${stripPosition('params.blocks', pixels)}
  let outside = ${element}(params.outside);
  let pitch = params.x_pitch / ${u32(width)};
  let start = params.x_offset / ${u32(width)} + block;
  let left = ox * ${u32(window.strides[1])} - params.pad_left;
${perPixel(pixels, (p) => `  var acc${p} = outside;${average ? '' : ` var seen${p} = ${vectorType('u32', width)}();`}`)}
  for (var ky = 0u; ky < ${u32(window.kernel[0])}; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    let row = (n * params.in_h + iy) * params.in_w;
${pixels > 1 ? unrolledRow(spec) : loopedRow(spec)}
  }
  let y_row = (n * params.out_h + oy) * params.out_w + ox;
  let y_at = (params.y_offset + y_row * params.y_pitch) / ${u32(width)} + block;
${perPixel(pixels, store)}`,
  });
}
