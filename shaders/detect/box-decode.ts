/**
 * Boxes from codes and anchors, each coding but distributions; `BoxCoding` (src/ir/ops/detect.ts) says what they mean.
 *
 * Layout: codes, anchors and y are dense rows; an anchor belongs to the rows that broadcast to it.
 * Bindings: 0 codes read, 1 anchors read, 2 y read_write; vec4<f32> where a row is some fours, else f32.
 * Workgroup: 64 × 1 × 1, one box and its key points per invocation.
 * Dispatch: dispatch1d(rows, 64).
 * Spec: a BoxDecodeSpec.
 * Limits: no workgroup storage.
 */
import type { BoxCoding } from '../../src/ir/ops.ts';
import { linearIndex } from '../lib/index.ts';
import {
  anchorLoad,
  anchorFields,
  BOX_WORKGROUP,
  BOX_FACTORS,
  CLIP_FIELDS,
  clippedCorners,
  type AnchorSpec,
} from '../lib/boxes.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { keepNanFunction } from '../lib/numbers.ts';

export interface BoxDecodeSpec {
  readonly coding: Exclude<BoxCoding, 'distribution'>;
  readonly anchor: AnchorSpec;
  /** Exponents have an upper bound. */
  readonly bounded: boolean;
  /** Corners are clipped. */
  readonly clips: boolean;
  /** Key points: none, some that make rows of fours, or of twos. */
  readonly points: 'none' | 'fours' | 'twos';
}

const SIZED = 'vec4<f32>(middle - 0.5 * extent, middle + 0.5 * extent - params.box_extent)';
const EXPONENT = 'let power = keep_nan(code, exp(EXPONENT));';
const SIGMOID = `let chance = keep_nan(raw, 1.0 / (1.0 + exp(-raw)));
  let middle = centre + (factors.xy * chance.xy - 0.5 * (factors.xy - 1.0)) * cell;`;

/** Declares `box`, of `raw`, `factors`, `code` (the product of these), `centre`, `size`, `first`, `last` and `cell`. */
const BOXES: { readonly [K in BoxDecodeSpec['coding']]: string } = {
  centerSize: `${EXPONENT}
  let middle = centre + code.xy * size;
  let extent = size * power.zw;
  let box = ${SIZED};`,
  centerLinear: `let middle = centre + code.xy * size;
  let extent = size * code.zw;
  let box = ${SIZED};`,
  corner: 'let box = corners + code;',
  cornerSize: 'let box = corners + code * size.xyxy;',
  distance: `let reach = code * size.xyxy;
  let box = vec4<f32>(centre - reach.xy, centre + reach.zw - params.box_extent);`,
  sigmoidExp: `${EXPONENT}
  ${SIGMOID}
  let extent = size * power.zw;
  let box = ${SIZED};`,
  sigmoidSquare: `${SIGMOID}
  let root = factors.zw * chance.zw;
  let extent = size * root * root;
  let box = ${SIZED};`,
};

export function boxDecodeShader({ coding, anchor, bounded, clips, points }: BoxDecodeSpec): ShaderModule {
  const element = points === 'twos' ? 'f32' : 'vec4<f32>';
  const box = BOXES[coding].replace('EXPONENT', bounded ? 'min(code, vec4<f32>(params.max_exponent))' : 'code');
  const fours =
    points === 'twos' ? 'vec4<f32>(codes[at], codes[at + 1u], codes[at + 2u], codes[at + 3u])' : 'codes[at]';
  return shaderModule({
    bindings: [
      { name: 'codes', access: 'read', element },
      { name: 'anchors', access: 'read', element: anchor.cells ? 'f32' : 'vec4<f32>' },
      { name: 'y', access: 'read_write', element },
    ],
    params: {
      rows: 'u32',
      ...anchorFields(anchor),
      ...BOX_FACTORS,
      box_extent: 'f32',
      ...(bounded ? { max_exponent: 'f32' } : {}),
      ...(clips ? CLIP_FIELDS : {}),
      ...(points === 'none' ? {} : { row_length: 'u32', points: 'u32' }),
    },
    workgroupSize: [BOX_WORKGROUP, 1, 1],
    declarations: wgsl`
#if ${clips || box.includes('keep_nan')}
${keepNanFunction(4)}
#endif`,
    body: wgsl`
  ${linearIndex(BOX_WORKGROUP)}
  if (i >= params.rows) { return; }
  let row = i;
  ${anchorLoad(anchor)}
  let factors = vec4<f32>(params.factor0, params.factor1, params.factor2, params.factor3);
  let at = i${points === 'none' ? '' : ' * params.row_length'};
  let raw = ${fours};
  let code = raw * factors;
  ${box}
#if ${clips}
  let result = ${clippedCorners('box')};
#else
  let result = box;
#endif
#if ${points === 'twos'}
  y[at] = result.x;
  y[at + 1u] = result.y;
  y[at + 2u] = result.z;
  y[at + 3u] = result.w;
  for (var p = 0u; p < params.points; p++) {
    let next = at + 4u + 2u * p;
    y[next] = centre.x + factors.x * codes[next] * size.x;
    y[next + 1u] = centre.y + factors.y * codes[next + 1u] * size.y;
  }
#else
  y[at] = result;
#endif
#if ${points === 'fours'}
  for (var p = 0u; p < params.points; p++) {
    y[at + 1u + p] = centre.xyxy + factors.xyxy * codes[at + 1u + p] * size.xyxy;
  }
#endif`,
  });
}
