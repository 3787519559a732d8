/** The plainest way to prepare a picture, which others are said as differences from. */
import type { Preprocessing } from './picture-spec.ts';

/** An RGB picture of these extents, stretched, bilinear, channels last, 0 to 255; `over` says what differs. */
export function plainPicture(width: number, height: number, over: Partial<Preprocessing> = {}): Preprocessing {
  return {
    width,
    height,
    fit: 'stretch',
    resize: { method: 'bilinear' },
    channelOrder: 'rgb',
    mean: [0, 0, 0],
    std: [1, 1, 1],
    layout: 'nhwc',
    dtype: 'float32',
    ...over,
  };
}
