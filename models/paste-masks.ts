/** Masks of boxes, as Mask R-CNN gives them, laid into a picture of a known size: torchvision's paste_masks_in_image, composed of operators. */
import { tensorOf } from '../src/core/tensor.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import { NO_ACTIVATION, RELU } from '../src/ir/ops.ts';
import { BoxNodes } from '../src/heads/box-nodes.ts';
import { requireCounts } from './maps.ts';

/** Masks and the picture they are laid into. */
export interface Pasting {
  /** Cells of a side of a mask. */
  readonly side: number;
  /** Height and width in pixels. */
  readonly picture: readonly [height: number, width: number];
  /** What a pixel's probability is above; 0.5 by default, at least 0. */
  readonly threshold?: number;
}

/**
 * What `pasteMasks` makes of masks, float32 `[K, side, side]`, and boxes `[K, 4]` in pixels: bool `[K, height, width]`, true where the mask is above the
 * threshold. Throws InputError for extents that are no counts.
 */
export function addPastedMasks(b: GraphBuilder, masks: string, boxes: string, pasting: Pasting): string {
  const { side, picture, threshold = 0.5 } = pasting;
  const [height, width] = picture;
  requireCounts({ side, height, width });
  const nodes = new PasteNodes(b);
  const [left = '', top = '', right = '', bottom = ''] = [0, 1, 2, 3].map((k) => nodes.entry(boxes, k));
  const rows = nodes.shares(top, bottom, side, height);
  const columns = nodes.shares(left, right, side, width);
  const plain = { transA: false, transB: false, activation: NO_ACTIVATION };
  const stretched = b.one('MatMul', [rows, masks], plain);
  const chances = b.one('MatMul', [stretched, columns], { ...plain, transB: true });
  return nodes.binary('greater', chances, nodes.scalar(threshold));
}

class PasteNodes extends BoxNodes {
  /**
   * What each cell of a mask has in each pixel, `[K, pixels, side]`: interpolation is linear both ways, and a mask's border of zeros
   * is where no cell has anything.
   */
  shares(low: string, high: string, side: number, pixels: number): string {
    const { builder: b } = this;
    const scaled = (x: string, factor: number): string => this.binary('mul', x, this.scalar(factor));
    const middle = scaled(this.binary('add', high, low), 0.5);
    const half = scaled(scaled(this.binary('sub', high, low), 0.5), (side + 2) / side);
    const [first, last] = [
      this.#whole(this.binary('sub', middle, half)),
      this.#whole(this.binary('add', middle, half)),
    ];
    const length = this.binary('add', this.binary('sub', last, first), this.scalar(1));
    const size = this.unsqueezed(this.binary('max', length, this.scalar(1)), [1]);
    const centres = this.#numbers(pixels, 0.5);
    const from = this.binary('sub', centres, this.unsqueezed(first, [1]));
    // In cells: the first lies behind the border, and cells have their centres halfway.
    const places = this.binary('sub', this.binary('div', scaled(from, side + 2), size), this.scalar(1.5));
    const apart = this.binary('sub', this.unsqueezed(places, [2]), this.#numbers(side, 0));
    const distance = b.one('Unary', [apart], { kind: 'abs' });
    return b.one('Activation', [this.binary('sub', this.scalar(1), distance)], { activation: RELU });
  }

  /** Cut to an integer. */
  #whole(x: string): string {
    const { builder: b } = this;
    return b.one('Cast', [b.one('Cast', [x], { to: 'int32' })], { to: 'float32' });
  }

  /** 0, 1, …, and `more`. */
  #numbers(count: number, more: number): string {
    const all = Array.from({ length: count }, (_, i) => i + more);
    return this.builder.constant('places', tensorOf('float32', [count], all));
  }
}
