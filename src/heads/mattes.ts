/** Heads of matting: how much of each pixel belongs to the foreground. */
import type { BoxNodes } from './box-nodes.ts';
import type { AddedNodes, Head, HeadInput, HeadOutput } from './head.ts';
import { asMap, channelOf, findMap, layoutOf } from './map-layout.ts';
import { withMaskInput } from './mask-input.ts';

/** Not integers that stand for nothing else: these are classes. */
function isReal({ dtype }: HeadOutput): boolean {
  return dtype === 'float32' || dtype === 'float16';
}

/** What they have in common: the whole picture is shown, and the mask of the frame before where there is a channel for it. */
const WHOLE: Pick<Head, 'preprocessing' | 'open'> = { preprocessing: { fit: 'stretch' }, open: withMaskInput };

const SHAPES = '[1, h, w, 1], [1, 1, h, w], [1, h, w] or [1, h·w] row by row';

/** A number a pixel, 0…1: MediaPipe's selfie segmentation, PrismaNet, MODNet. */
export const MATTE: Head = {
  name: 'matte',
  reads: `a map of ${SHAPES}, 0…1`,
  ...WHOLE,
  fits: (outputs, input) => findMap(outputs, input, ({ channels }, output) => channels === 1 && isReal(output)),
  attach: (nodes, read, input) => alphaOf(nodes, read, input, false),
};

/** A number a pixel that wants a sigmoid. */
export const MATTE_LOGITS: Head = {
  name: 'matte-logits',
  reads: `a map of ${SHAPES} that no sigmoid made, whose sigmoid is meant`,
  ...WHOLE,
  fits: (outputs, input) =>
    findMap(outputs, input, ({ channels }, output) => channels === 1 && isReal(output) && !output.unit),
  attach: (nodes, read, input) => alphaOf(nodes, read, input, true),
};

/** Background and foreground, probabilities or logits: PortraitNet and others that are trained as segmenters of two classes. */
export const MATTE_PAIR: Head = {
  name: 'matte-pair',
  reads: 'a map of background and foreground, [1, h, w, 2] or [1, 2, h, w]: of logits the softmax',
  ...WHOLE,
  fits: (outputs, input) => findMap(outputs, input, ({ channels }, output) => channels === 2 && isReal(output)),
  attach: (nodes, read, input) => {
    const [output, layout] = layoutOf(read, input);
    const map = asMap(nodes, output, layout);
    const { channelAxis } = layout;
    const chances = output.unit ? map : nodes.builder.one('Softmax', [map], { axes: [channelAxis], log: false });
    return { results: { alpha: channelOf(nodes, chances, layout, 1) }, feeds: {} };
  },
};

/** All that `createMatting` reads. */
export const MATTE_HEADS: readonly Head[] = [MATTE_LOGITS, MATTE, MATTE_PAIR];

/** The result `alpha`, float32 `[h, w]`. */
function alphaOf(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput, logits: boolean): AddedNodes {
  const { builder: b } = nodes;
  const [output, layout] = layoutOf(read, input);
  const map = channelOf(nodes, asMap(nodes, output, layout), layout, 0);
  const sigmoid = { activation: { kind: 'sigmoid', alpha: 0, beta: 0 } } as const;
  return { results: { alpha: logits ? b.one('Activation', [map], sigmoid) : map }, feeds: {} };
}
