/** What kernels of boxes share: reading an anchor in one of its forms, and clipping. */
import type { ParamFields } from './module.ts';
import { coordinates, listFields, stridedOffset } from './strided.ts';

/** Invocations per workgroup. */
export const BOX_WORKGROUP = 64;

/** How the anchor of a row is found, and what it says. */
export interface AnchorSpec {
  readonly form: 'corners' | 'centers';
  /** Six numbers: the last two are the size of a cell. */
  readonly cells: boolean;
  /** Dimensions of the rows, where anchors are not as many as these; 0: anchor i belongs to row i. */
  readonly rank: number;
}

/** The factors of four codes. */
export const BOX_FACTORS = { factor0: 'f32', factor1: 'f32', factor2: 'f32', factor3: 'f32' } as const;

/** What corners are clipped to. */
export const CLIP_FIELDS = { low_x: 'f32', low_y: 'f32', high_x: 'f32', high_y: 'f32' } as const;

/** Parameters that `anchorLoad` reads. */
export function anchorFields({ rank, cells }: AnchorSpec): ParamFields {
  const strided = rank > 0 ? { ...listFields('d', rank), ...listFields('a_s', rank) } : {};
  return { ...strided, ...(cells ? {} : { anchor_extent: 'f32' }) };
}

/** Declares `centre`, `size`, `corners` and, where there are cells, `cell` of the anchor of `row`. */
export function anchorLoad({ form, cells, rank }: AnchorSpec): string {
  const place = rank > 0 ? stridedOffset(rank, 'a_s') : 'row';
  const lines = [...(rank > 0 ? [coordinates(rank, 'row')] : []), `let which = ${place};`];
  if (cells) {
    lines.push(
      'let centre = vec2<f32>(anchors[which * 6u], anchors[which * 6u + 1u]);',
      'let size = vec2<f32>(anchors[which * 6u + 2u], anchors[which * 6u + 3u]);',
      'let cell = vec2<f32>(anchors[which * 6u + 4u], anchors[which * 6u + 5u]);',
    );
  } else if (form === 'centers') {
    lines.push(
      'let anchor = anchors[which];',
      'let centre = anchor.xy;',
      'let size = anchor.zw;',
      'let corners = vec4<f32>(centre - 0.5 * size, centre + 0.5 * size - params.anchor_extent);',
    );
  } else {
    lines.push(
      'let corners = anchors[which];',
      'let size = corners.zw - corners.xy + params.anchor_extent;',
      'let centre = corners.xy + 0.5 * size;',
    );
  }
  return lines.join('\n  ');
}

/** Corners within the bounds; NaN stays what it is. Calls `keep_nan` of four. */
export function clippedCorners(box: string): string {
  const low = 'vec4<f32>(params.low_x, params.low_y, params.low_x, params.low_y)';
  const high = 'vec4<f32>(params.high_x, params.high_y, params.high_x, params.high_y)';
  return `keep_nan(${box}, min(max(${box}, ${low}), ${high}))`;
}
