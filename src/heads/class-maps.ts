/** Heads of class maps: which class each pixel belongs to. */
import { tensorOf } from '../core/tensor.ts';
import { PLAIN_RESIZE } from '../ir/shapes/resize.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { Head, HeadInput } from './head.ts';
import { asMap, findMap, layoutOf, type MapLayout } from './map-layout.ts';

/** The whole picture is shown. */
const WHOLE: Pick<Head, 'preprocessing'> = { preprocessing: { fit: 'stretch' } };

/** The most classes that a byte tells apart, beside what it says of pixels of no class. */
const MOST_IN_BYTES = 255;

/**
 * A score a class for each pixel: U-Net, FCN, DeepLab (arXiv:1706.05587, section 4.1). As their authors evaluate them, the scores
 * are interpolated bilinearly to the extents of the input, and the best class is taken there, the first of equal ones. Results:
 * `classes` `[height, width]`, uint8 with 255, or int32 with −1, where no class has a probability of the feed `threshold`;
 * `sum` of all probabilities, which is NaN where a score is NaN or +∞, or all of a pixel are −∞.
 */
export const CLASS_SCORES: Head = {
  name: 'class-scores',
  reads: 'a map of scores of classes, [1, C, h, w] or [1, h, w, C]: probabilities, or logits, whose softmax they are',
  ...WHOLE,
  fits: (outputs, input) =>
    findMap(outputs, input, ({ channels }, { dtype }) => {
      return channels > 1 && channels === (input.classes ?? channels) && dtype === 'float32';
    }),
  attach: (nodes, read, input) => {
    const { builder: b } = nodes;
    const [output, layout] = layoutOf(read, input);
    const map = asMap(nodes, output, layout);
    const threshold = b.input(b.unique('threshold'), 'float32', []);
    const scores = resized(nodes, map, layout, input);
    const along = { axes: [layout.channelAxis] };
    const chances = output.unit ? scores : b.one('Softmax', [scores], { ...along, log: false });
    const best = b.one('Reduce', [chances], { kind: 'max', ...along, keepDims: false });
    const { channelAxis: axis } = layout;
    const index = b.one('ArgReduce', [scores], { kind: 'max', axis, keepDims: false, last: false, dtype: 'int32' });
    const none = b.constant('none', tensorOf('int32', [], [layout.channels > MOST_IN_BYTES ? -1 : MOST_IN_BYTES]));
    const known = b.one('Where', [nodes.binary('greaterOrEqual', best, threshold), index, none], {});
    const classes = nodes.reshaped(known, [input.height, input.width]);
    const sum = b.one('Reduce', [chances], { kind: 'sum', axes: [], keepDims: false });
    const held = layout.channels > MOST_IN_BYTES ? classes : b.one('Cast', [classes], { to: 'uint8' });
    return { results: { classes: held, sum }, feeds: { threshold } };
  },
};

/**
 * The class of each pixel, as an integer: networks that take the best class themselves. The result `classes` `[h, w]`, int32 with
 * negative numbers for no class, or uint8 with 255.
 */
export const CLASS_INDICES: Head = {
  name: 'class-indices',
  reads: 'a map of classes, integers of [1, h, w], [1, 1, h, w] or [1, h, w, 1]',
  ...WHOLE,
  fits: (outputs, input) =>
    findMap(outputs, input, ({ channels }, output) => {
      return channels === 1 && output.shape.length > 2 && /^u?int/.test(output.dtype);
    }),
  attach: (nodes, read, input) => {
    const [{ name, dtype }, { height, width }] = layoutOf(read, input);
    const map = nodes.reshaped(name, [height, width]);
    const held = dtype === 'uint8' || dtype === 'int32' ? map : nodes.builder.one('Cast', [map], { to: 'int32' });
    return { results: { classes: held }, feeds: {} };
  },
};

/** Maps of classes that are more than a foreground. */
export const CLASS_MAP_HEADS: readonly Head[] = [CLASS_INDICES, CLASS_SCORES];

/** The map at the extents of the input. */
function resized({ builder: b }: BoxNodes, map: string, layout: MapLayout, { width, height }: HeadInput): string {
  if (layout.width === width && layout.height === height) return map;
  const axes = layout.channelAxis === 1 ? [2, 3] : [1, 2];
  const sizes = b.ints('extents', [height, width]);
  return b.one('Resize', [map, '', sizes], { ...PLAIN_RESIZE, axes, mode: 'linear' });
}
