/** Maps of other extents: interpolated, repeated, or put back where a pool took them from. */
import type { OpAttributes } from '../../../ir/ops.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { countedUp, extentList, extentNode } from '../../lib/layer-nodes.ts';
import type { CaffeContext } from '../context.ts';
import type { TextMessage } from '../text-message.ts';

/** Attributes that all forms of resizing here share. */
const RESIZE: OpAttributes['Resize'] = {
  axes: [1, 2],
  mode: 'linear',
  coordinateMode: 'align_corners',
  nearestMode: 'floor',
  antialias: false,
  cubicCoeff: -0.75,
  excludeOutside: false,
  extrapolation: 0,
  aspect: 'stretch',
};

/** DeepLab's and PSPNet's: bilinear, corners on corners. Negative padding cuts the map before. */
function interp(c: CaffeContext): string {
  const [x = '', like] = c.bottoms(1, 2);
  if (c.rank(x) !== 4) c.fail(`interpolates a blob of ${c.rank(x)} dimensions instead of 4`);
  const param = c.param('interp_param');
  const [begin, end] = [param.integer('pad_beg', 0), param.integer('pad_end', 0)];
  if (begin > 0 || end > 0) c.fail(`pad_beg ${begin} and pad_end ${end} may only cut, not pad`);
  const bounds = [
    [-begin, -begin],
    [end === 0 ? 2 ** 31 - 1 : end, end === 0 ? 2 ** 31 - 1 : end],
    [2, 3],
  ];
  const cut = begin === 0 && end === 0 ? x : c.one('Slice', [x, ...bounds.map((list) => c.ints(list))], {});
  const sizes = [2, 3].map((axis) => interpolated(c, param, axis, { cut, like }));
  return c.aroundLast(cut, (image) => c.main('Resize', [image, '', extentList(c, sizes)], RESIZE));
}

/** The extent along an axis, by what of the parameters says it. */
function interpolated(
  c: CaffeContext,
  param: TextMessage,
  axis: number,
  { cut, like }: { readonly cut: string; readonly like: string | undefined },
): number | string {
  const said = param.count(axis === 2 ? 'height' : 'width', 0);
  const [zoom, shrink] = [param.count('zoom_factor', 1, 1), param.count('shrink_factor', 1, 1)];
  const bySize = param.has('height') || param.has('width');
  const byFactor = param.has('zoom_factor') || param.has('shrink_factor');
  if ([bySize, byFactor, like !== undefined].filter(Boolean).length !== 1) {
    c.fail('takes its extents from height and width, from factors, or from a second blob: one of these');
  }
  if (like !== undefined) return extentNode(c, like, axis);
  if (bySize) return said > 0 ? said : c.fail('needs height and width');
  const one = c.scalar('int64', 1);
  const gaps = c.binary('sub', extentNode(c, cut, axis), one);
  // Shrinking comes first, where there are both.
  const fewer = shrink === 1 ? gaps : c.binary('floorDiv', gaps, c.scalar('int64', shrink));
  return c.binary('add', zoom === 1 ? fewer : c.binary('mul', fewer, c.scalar('int64', zoom)), one);
}

/** SegNet's, with the mask of a pool; without one every element is repeated, as forks for YOLO have it. */
function upsample(c: CaffeContext): string {
  const [x = '', mask] = c.bottoms(1, 2);
  if (c.rank(x) !== 4) c.fail(`enlarges a blob of ${c.rank(x)} dimensions instead of 4`);
  const param = c.param('upsample_param');
  const scale = param.count('scale', 2, 1);
  const [down, across] = [param.count('scale_h', scale, 1), param.count('scale_w', scale, 1)];
  const sizes = (
    [
      ['upsample_h', 'pad_out_h', 2, down],
      ['upsample_w', 'pad_out_w', 3, across],
    ] as const
  ).map(([size, pad, axis, factor]) => {
    const said = param.count(size, 0);
    const missing = param.flag(pad, false) ? 1 : 0;
    if (said > 0) return said;
    const whole = c.binary('mul', extentNode(c, x, axis), c.scalar('int64', factor));
    return missing === 0 ? whole : c.binary('sub', whole, c.scalar('int64', missing));
  });
  if (mask !== undefined) return unpooled(c, x, mask, sizes);
  if (sizes.some((size) => typeof size === 'number') || param.has('pad_out_h') || param.has('pad_out_w')) {
    c.refuse('upsample_h, upsample_w and pad_out without the mask of a pool');
  }
  const factors = c.constant(tensorOf('float32', [2], [down, across]), 'factors');
  const attributes = { ...RESIZE, mode: 'nearest', coordinateMode: 'asymmetric' } as const;
  return c.aroundLast(x, (image) => c.main('Resize', [image, factors], attributes));
}

/** Elements where the mask says, an index in their channel of the result, and zeros around them. */
function unpooled(c: CaffeContext, x: string, mask: string, sizes: readonly (number | string)[]): string {
  const extents = extentList(c, sizes);
  const plane = c.one('Reduce', [extents], { kind: 'prod', axes: [0], keepDims: false });
  const channels = extentList(c, [extentNode(c, x, 0), extentNode(c, x, 1), 1, 1]);
  const count = c.binary('mul', extentNode(c, x, 0), extentNode(c, x, 1));
  const firsts = c.reshapeTo(c.binary('mul', countedUp(c, count), plane), channels);
  const places = c.binary('add', c.one('Cast', [mask], { to: 'int64' }), firsts);
  const last = c.one('Transpose', [places], { perm: [0, 2, 3, 1] });
  const attributes = { kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], countIn: 'output' } as const;
  return c.aroundLast(x, (image) => c.main('MaxUnpool', [image, last, extents], attributes));
}

/** Layers that resample. */
export const RESAMPLE = { Interp: interp, Upsample: upsample };
