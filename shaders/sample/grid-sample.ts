/**
 * Samples a map at the places of a grid: each invocation sums the weighted neighbours of one place, of one channel or four.
 *
 * Layout: x[((n·in_z + z)·in_y + y)·in_x + x)·blocks + block]; grid[place·dims + d], d = 0 the innermost dimension;
 *   y[place·blocks + block]. Dimensions beyond dims are not there.
 * Bindings: 0 x read, 1 grid read f32, 2 y read_write; x and y of vectors when width is 4.
 * Workgroup: 64 × 1 × 1.
 * Dispatch: dispatch1d(count, 64), count = N · places of an image · blocks.
 * Spec: dims 1 to 3; mode; padding; alignCorners; width 4 when C % 4 = 0; xStorage, yStorage f32 or f16. `reach` bounds
 *   places; `turn` is the period of reflections, with its reciprocal (both unused otherwise).
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { GRID_CUBIC, MOST_PIXELS, TAPS } from '../../src/ir/shapes/grid-sample.ts';
import type { OpAttributes } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { f32, u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { isNanFunction, vectorType } from '../lib/numbers.ts';
import { APART } from '../lib/special-numbers.ts';
import { bindingOf, load, store, type Access } from '../lib/storage.ts';

/** Invocations per workgroup. */
export const GRID_SAMPLE_WORKGROUP = 64;

/** Dimensions from the innermost. */
export const GRID_AXES = ['x', 'y', 'z'] as const;

type GridAxis = (typeof GRID_AXES)[number];

export interface GridSampleSpec extends Readonly<OpAttributes['GridSample']> {
  readonly dims: 1 | 2 | 3;
  readonly width: 1 | 4;
  readonly xStorage: FloatStorage;
  readonly yStorage: FloatStorage;
}

export function gridSampleShader(spec: GridSampleSpec): ShaderModule {
  const { dims, width, mode } = spec;
  const x: Access = { name: 'x', storage: spec.xStorage, width };
  const y: Access = { name: 'y', storage: spec.yStorage, width };
  const axes = GRID_AXES.slice(0, dims);
  const floats = vectorType('f32', width);
  return shaderModule({
    bindings: [bindingOf(x, 'read'), { name: 'grid', access: 'read', element: 'f32' }, bindingOf(y, 'read_write')],
    params: {
      count: 'u32',
      blocks: 'u32',
      places: 'u32',
      ...(spec.alignCorners ? {} : ({ zero: 'u32' } as const)),
      ...axisFields(spec, axes),
    },
    workgroupSize: [GRID_SAMPLE_WORKGROUP, 1, 1],
    declarations: wgsl`${isNanFunction(1)}
${placeFunction(spec)}
${insideFunction(spec)}
#if ${mode === 'cubic'}
${CUBIC}
#endif`,
    body: wgsl`
  ${linearIndex(GRID_SAMPLE_WORKGROUP)}
  if (i >= params.count) { return; }
  let place = i / params.blocks;
  let block = i - place * params.blocks;
  let image = place / params.places;
${axes.map((axis, d) => axisStart(spec, axis, d)).join('\n')}
  var sum = ${floats}();
${[...axes].reverse().reduceRight((inner, axis) => overTaps(spec, axis, inner), innermost(x, axes))}
  ${store(y, 'i', 'sum')}`,
  });
}

function axisFields({ padding }: GridSampleSpec, axes: readonly GridAxis[]): ParamFields {
  const mirrored = padding === 'reflection';
  return Object.fromEntries(
    axes.flatMap((axis) => [
      [`in_${axis}`, 'f32'],
      ...(mirrored ? [[`turn_${axis}`, 'f32'] as const, [`per_turn_${axis}`, 'f32'] as const] : []),
    ]),
  ) as ParamFields;
}

/** Declares `fn place_of(g, extent)`: where among the elements a number of the grid lies, rounded as the reference has it. */
function placeFunction({ alignCorners }: GridSampleSpec): string {
  return wgsl`
#if ${!alignCorners}
${APART}
#endif
fn place_of(g: f32, extent: f32) -> f32 {
#if ${alignCorners}
  let place = (g + 1.0) * 0.5 * (extent - 1.0);
#else
  let place = (apart((g + 1.0) * extent) - 1.0) * 0.5;
#endif
  return select(clamp(place, ${f32(-MOST_PIXELS)}, ${f32(MOST_PIXELS)}), ${f32(-MOST_PIXELS)}, is_nan(place));
}`;
}

/** Declares `fn inside`: the element that stands for one beyond the edge; of zeros any, as its weight is 0. */
function insideFunction({ padding, alignCorners }: GridSampleSpec): string {
  if (padding !== 'reflection') {
    return 'fn inside(e: f32, extent: f32) -> f32 { return clamp(e, 0.0, extent - 1.0); }';
  }
  return wgsl`
fn inside(e: f32, extent: f32, turn: f32, per_turn: f32) -> f32 {
  let within = e - floor((e + 0.5) * per_turn) * turn;
#if ${alignCorners}
  let mirrored = turn - within;
#else
  let mirrored = turn - 1.0 - within;
#endif
  return clamp(select(mirrored, within, within < extent), 0.0, extent - 1.0);
}`;
}

/** Weights by the distance from an element. */
const CUBIC = wgsl`
fn near(t: f32) -> f32 { return (${f32(GRID_CUBIC + 2)} * t - ${f32(GRID_CUBIC + 3)}) * t * t + 1.0; }
fn far(t: f32) -> f32 {
  return ((${f32(GRID_CUBIC)} * t - ${f32(5 * GRID_CUBIC)}) * t + ${f32(8 * GRID_CUBIC)}) * t - ${f32(4 * GRID_CUBIC)};
}`;

/** Declares the first tap of a dimension and the place's distance from the element before it. */
function axisStart({ mode, dims }: GridSampleSpec, axis: GridAxis, d: number): string {
  const place = `place_of(grid[place * ${u32(dims)} + ${u32(d)}], params.in_${axis})`;
  if (mode === 'nearest') return `  let first_${axis} = round(${place});`;
  const before = mode === 'cubic' ? ' - 1.0' : '';
  return `  let place_${axis} = ${place};
  let past_${axis} = place_${axis} - floor(place_${axis});
  let first_${axis} = floor(place_${axis})${before};`;
}

/** The weights of the taps of one dimension, in order. */
function weightsOf(mode: GridSampleSpec['mode'], past: string): string[] {
  if (mode === 'nearest') return ['1.0'];
  if (mode === 'linear') return [`1.0 - ${past}`, past];
  return [`far(1.0 + ${past})`, `near(${past})`, `near(1.0 - ${past})`, `far(2.0 - ${past})`];
}

/** `inner` for each tap of a dimension, with its weight (with those outside it) and its element's index declared. */
function overTaps({ mode, padding, dims }: GridSampleSpec, axis: GridAxis, inner: string): string {
  const outer = GRID_AXES.indexOf(axis) + 1;
  const known = outer < dims ? { weight: `weight_${GRID_AXES[outer]}`, row: `row_${GRID_AXES[outer]}` } : undefined;
  const turn = padding === 'reflection' ? `, params.turn_${axis}, params.per_turn_${axis}` : '';
  const start = known?.row ?? 'image';
  const weights = weightsOf(mode, `past_${axis}`);
  return range(TAPS[mode])
    .map(
      (k) => wgsl`  {
  let e = first_${axis} + ${f32(k)};
  var weight_${axis} = ${weights[k] ?? '0.0'};
#if ${padding === 'zeros'}
  weight_${axis} = select(0.0, weight_${axis}, (e >= 0.0) & (e < params.in_${axis}));
#endif
#if ${known !== undefined}
  weight_${axis} *= ${known?.weight ?? ''};
#endif
  let row_${axis} = ${start} * u32(params.in_${axis}) + u32(inside(e, params.in_${axis}${turn}));
${inner}
  }`,
    )
    .join('\n');
}

function innermost(x: Access, [axis]: readonly GridAxis[]): string {
  const floats = vectorType('f32', x.width);
  const weight = `weight_${axis}`;
  const part = `${load(x, `row_${axis} * params.blocks + block`)} * ${weight}`;
  return `  sum += select(${floats}(), ${part}, ${weight} != 0.0);`;
}
