/**
 * Translations of operators that regroup pixels: space ↔ batch (how older converters write a dilated convolution) and
 * space ↔ depth. All are reshape, transpose, reshape; extents come from shape arithmetic that folds when they are bound.
 */
import { spreadBlocks, reorder } from '../../../../lib/composites.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';

/** The two block extents of a space/batch operator on `[N, H, W, C]`. */
function blockOf(c: NodeContext): [number, number] {
  const block = c.knownInts(1, 'a block shape');
  const [h, w] = block;
  if (block.length !== 2 || !h || !w || h < 1 || w < 1) c.refuse(`a block shape of [${block.join(', ')}]`);
  return [h, w];
}

/** Four paddings or crops: top, bottom, left, right. */
function marginsOf(c: NodeContext, what: string): [number, number, number, number] {
  const [top = 0, bottom = 0, left = 0, right = 0] = c.knownInts(2, what);
  return [top, bottom, left, right];
}

export const spaceToBatch: GraphTranslation = (c) => {
  const [bh, bw] = blockOf(c);
  const [top, bottom, left, right] = marginsOf(c, 'paddings');
  const padded = c.one('Pad', [c.input(0), c.ints([0, top, left, 0, 0, bottom, right, 0])], { mode: 'constant' });
  // [N, H/bh, W/bw, C]
  const cells = c.binary('div', c.one('Shape', [padded], {}), c.ints([1, bh, bw, 1]));
  const parts = c.one('Concat', [cells, c.ints([bh, bw])], { axis: 0 });
  const split = c.reshapeTo(padded, reorder(c, parts, [0, 1, 4, 2, 5, 3]));
  const moved = c.one('Transpose', [split], { perm: [2, 4, 0, 1, 3, 5] });
  return c.reshapeTo(moved, c.binary('mul', cells, c.ints([bh * bw, 1, 1, 1])));
};

export const batchToSpace: GraphTranslation = (c) => {
  const [bh, bw] = blockOf(c);
  const [top, bottom, left, right] = marginsOf(c, 'crops');
  // [N/(bh·bw), h, w, C]
  const cells = c.binary('div', c.one('Shape', [c.input(0)], {}), c.ints([bh * bw, 1, 1, 1]));
  const parts = c.one('Concat', [c.ints([bh, bw]), cells], { axis: 0 });
  const split = c.reshapeTo(c.input(0), parts);
  const moved = c.one('Transpose', [split], { perm: [2, 3, 0, 4, 1, 5] });
  const image = c.reshapeTo(moved, c.binary('mul', cells, c.ints([1, bh, bw, 1])));
  const pads = [0, -top, -left, 0, 0, -bottom, -right, 0];
  return pads.some((p) => p !== 0) ? c.one('Pad', [image, c.ints(pads)], { mode: 'constant' }) : image;
};

function depthBlock(c: NodeContext): number {
  const layout = c.attr.string('data_format', 'NHWC');
  const block = c.attr.int('block_size', 0);
  if (layout !== 'NHWC') c.refuse(`data_format ${layout}`);
  if (block < 1) c.refuse(`block_size ${block}`);
  return block;
}

export const depthToSpace: GraphTranslation = (c) => spreadBlocks(c, c.input(0), depthBlock(c));
