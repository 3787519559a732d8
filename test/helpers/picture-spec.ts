/** How a picture becomes an input in tests that are about something else: stretched, RGB as it is, channels last. */
import type { Preprocessing } from '../../src/vision/picture-spec.ts';

/** An input of these extents; `over` says what differs. */
export function pictureSpec(width: number, height: number, over: Partial<Preprocessing> = {}): Preprocessing {
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
