/** Sampling that few networks have. */
import { aroundChannelsLast, spatialDims } from '../../../lib/channels-first.ts';
import type { OnnxNode } from '../../node.ts';

/** Opset 20 names the modes of any number of dimensions, 16 those of pictures. */
const MODES = {
  bilinear: 'linear',
  bicubic: 'cubic',
  nearest: 'nearest',
  linear: 'linear',
  cubic: 'cubic',
} as const;

/** GridSample: x `[N, C, …S]`, a grid `[N, …S', dims]`. */
export function gridSample(n: OnnxNode): string {
  const rank = n.facts(1).rank ?? n.rank(0);
  spatialDims(n, rank);
  const older = ['bilinear', 'nearest', 'bicubic'] as const;
  const newer = ['linear', 'nearest', 'cubic'] as const;
  const mode = n.attr.choice('mode', n.opset < 20 ? 'bilinear' : 'linear', [...older, ...newer]);
  const attributes = {
    mode: MODES[mode],
    padding: n.attr.choice('padding_mode', 'zeros', ['zeros', 'border', 'reflection']),
    alignCorners: n.attr.flag('align_corners', false),
  };
  return aroundChannelsLast(n, n.input(0), rank, (x) => n.main('GridSample', [x, n.input(1)], attributes));
}
