/**
 * Pools of any element type over up to three spatial dimensions: each invocation folds the window of one output element, or
 * of four neighbouring ones: channels, or, where these do not come in fours and y is packed, elements in order.
 *
 * Layout: x[x_offset + (((n·in_d + iz)·in_h + iy)·in_w + ix)·x_pitch + c], y[y_offset + row·y_pitch + c] with
 *   row = ((n·out_d + oz)·out_h + oy)·out_w + ox. Dimensions that are not there have extent, kernel and stride 1.
 * Bindings: 0 x read, 1 y read_write (both of vectors when width is 4).
 * Workgroup: 64 × 1 × 1.
 * Dispatch: dispatch1d(count, 64), count = N · out_d · out_h · out_w · blocks, blocks = C / width; in order a quarter of it.
 * Spec: fold: `max`; `mean` of the taps on the input; `paddedMean` of those on its padding too; `norm`, (Σ|x|^p)^(1/p);
 *   `position` of the maximum, the first of several, as an index into the channels-first tensor, spatial strides parameters,
 *   −1 where a window sees padding only (width 1 only). NaN is the largest. width 4 when C % 4 = 0 and x and y are placed
 *   for vectors; xStorage, yStorage packed for `max` only, y of width 1 dense then.
 * Limits: no workgroup storage.
 */
import { isPacked, scalarOf, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { extremeFunctions, isNanFunction, keepNanFunction } from '../lib/numbers.ts';
import { bindingOf, load, loadedType, store, type Access } from '../lib/storage.ts';
import { overWindow, VOLUME_PARAMS, VOLUME_POSITION } from '../lib/volume.ts';
import { X_PARAMS } from '../lib/window.ts';

/** Invocations per workgroup. */
export const POOL_VOLUME_WORKGROUP = 64;

/** What becomes of the elements of a window. */
export type PoolFold = 'max' | 'mean' | 'paddedMean' | 'norm' | 'position';

export interface PoolVolumeSpec {
  readonly fold: PoolFold;
  readonly width: 1 | 4;
  readonly xStorage: Storage;
  readonly yStorage: Storage;
}

/** Parameters of their own, the statement that folds `v` into `acc`, and the result. */
interface Fold {
  readonly params: ParamFields;
  readonly step: string;
  readonly result: string;
}

/** Taps along an axis that lie on the input or its padding: past the end padding, a ceil-mode window hangs over. */
const onPadding = (d: string, c: string): string =>
  `min(params.kernel_${d}, (params.padded_${d} - 1u - o${c} * params.stride_${d}) / params.dilation_${d} + 1u)`;

const FOLDS: { readonly [F in PoolFold]: Fold } = {
  max: { params: {}, step: 'acc = greater(acc, v);', result: 'acc' },
  mean: { params: {}, step: 'acc += v; taps++;', result: 'acc / f32(max(taps, 1u))' },
  paddedMean: {
    params: { padded_d: 'u32', padded_h: 'u32', padded_w: 'u32' },
    step: 'acc += v;',
    result: `acc / f32(${onPadding('d', 'z')} * ${onPadding('h', 'y')} * ${onPadding('w', 'x')})`,
  },
  // Of NaN some drivers' powers make a number.
  norm: {
    params: { p: 'f32' },
    step: 'acc += keep_nan(v, pow(abs(v), T(params.p)));',
    result: 'keep_nan(acc, pow(acc, T(1.0 / params.p)))',
  },
  position: {
    params: { place_d: 'u32', place_h: 'u32', place_w: 'u32', pixels: 'u32' },
    step: `if (at < 0i || exceeds(v, acc)) {
        acc = v;
        at = i32((n * params.blocks + block) * params.pixels + iz * params.place_d + iy * params.place_h + ix * params.place_w);
      }`,
    result: 'at',
  },
};

/** Declares `fn exceeds(a, b)`: a is larger than b, or NaN where b is none. */
function exceedsFunction(type: string): string {
  if (type !== 'f32') return `fn exceeds(a: ${type}, b: ${type}) -> bool { return a > b; }`;
  return `${isNanFunction(1)}
fn exceeds(a: f32, b: f32) -> bool { return !is_nan(b) && (is_nan(a) || a > b); }`;
}

/** Declares `acc` (and `at`, of `position`): what the window of element or vector `i` is folded into. */
function foldWindow(fold: PoolFold, x: Access): string {
  return wgsl`${VOLUME_POSITION}
  var acc = T(params.start);
#if ${fold === 'mean'}
  var taps = 0u;
#endif
#if ${fold === 'position'}
  var at = -1i;
#endif
  ${overWindow(`      let v = ${load(x, `(params.x_offset + pixel * params.x_pitch) / ${u32(x.width)} + block`)};
      ${FOLDS[fold].step}`)}`;
}

/** Declares `r`, four elements in order; those past the end are the last. */
const FOUR_RESULTS = `let r = vec4<i32>(${range(4)
  .map((k) => `folded(min(i * 4u + ${u32(k)}, params.last))`)
  .join(', ')});`;

export function poolVolumeShader({ fold, width, xStorage, yStorage }: PoolVolumeSpec): ShaderModule {
  const x: Access = { name: 'x', storage: xStorage, width };
  const y: Access = { name: 'y', storage: yStorage, width };
  const type = loadedType(x);
  const { params, result } = FOLDS[fold];
  const inOrder = isPacked(yStorage) && width === 1;
  const folded = foldWindow(fold, x);
  return shaderModule({
    bindings: [bindingOf(x, 'read'), bindingOf(y, 'read_write')],
    params: {
      count: 'u32',
      ...VOLUME_PARAMS,
      ...X_PARAMS,
      y_offset: 'u32',
      y_pitch: 'u32',
      blocks: 'u32',
      start: scalarOf(xStorage),
      ...params,
      ...(inOrder ? ({ last: 'u32' } as const) : {}),
    },
    workgroupSize: [POOL_VOLUME_WORKGROUP, 1, 1],
    declarations: wgsl`
alias T = ${type};
#if ${fold === 'max'}
${extremeFunctions(scalarOf(xStorage), width)}
#endif
#if ${fold === 'position'}
${exceedsFunction(type)}
#endif
#if ${fold === 'norm'}
${keepNanFunction(width)}
#endif
#if ${inOrder}
fn folded(i: u32) -> T {
  ${folded}
  return ${result};
}
#endif`,
    body: wgsl`
  ${linearIndex(POOL_VOLUME_WORKGROUP)}
  if (i >= params.count) { return; }
  ${inOrder ? FOUR_RESULTS : folded}
  ${inOrder ? store(y, 'i', 'r') : store(y, `(params.y_offset + row * params.y_pitch) / ${u32(width)} + block`, result)}`,
  });
}
