/** Layers that prepare pictures: other sizes, and the middle of one. */
import { PLAIN_RESIZE } from '../../../ir/shapes/resize.ts';
import type { LayerTranslation } from './context.ts';

/** By half-pixel centres, as Keras resizes; TensorFlow.js fails at this layer. */
export const resizing: LayerTranslation = (c) => {
  const interpolation = c.string('interpolation', 'bilinear');
  const problems: string[] = [];
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') problems.push(`interpolation ${interpolation}`);
  for (const key of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio']) if (c.bool(key, false)) problems.push(key);
  if (c.channelsFirst) problems.push('data_format channels_first');
  c.refuseAll(problems);
  const sizes = c.ints([c.int('height', 0), c.int('width', 0)]);
  const mode = interpolation === 'bilinear' ? 'linear' : 'nearest';
  // The nearest pixel is the one that the centre lies in.
  return c.one('Resize', [c.x, '', sizes], { ...PLAIN_RESIZE, axes: [1, 2], mode, nearestMode: 'round_prefer_ceil' });
};

/** The middle of a picture that is at least as large. */
export const centerCrop: LayerTranslation = (c) => {
  if (c.channelsFirst) c.refuse('data_format channels_first');
  const [height, width] = [c.int('height', 0), c.int('width', 0)];
  const size = c.ints([height, width]);
  const given = c.one('Slice', [c.one('Shape', [c.x], {}), c.ints([1]), c.ints([3])], {});
  const start = c.binary('div', c.binary('sub', given, size), c.ints([2, 2]));
  const cut = c.one('Slice', [c.x, start, c.binary('add', start, size), c.ints([1, 2])], {});
  // A smaller picture, which Keras would scale up, does not fit this, and is an error.
  return c.one('Expand', [cut, c.ints([1, height, width, 1])], {});
};
