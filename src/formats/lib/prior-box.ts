/** Prior boxes of SSD (Liu et al., arXiv:1512.02325) as arithmetic on the extents of a map and of its picture, whatever these are. */
import { tensorOf } from '../../core/tensor.ts';
import type { MapExtent } from '../../ir/priors/cells.ts';
import { countedUp, extentNode, realOf, realList } from './layer-nodes.ts';
import type { LayerEmitter } from './layer-emitter.ts';

/** What a layer of prior boxes says of itself. */
export interface PriorBoxLayer {
  /** Widths and heights of the boxes of a cell, in pixels of the picture; `ssdPriorSizes` has them of Caffe's parameters. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
  /** Cuts what lies beyond the picture. */
  readonly clip: boolean;
  /** Where in a cell its centre is, 0.5 in the middle. */
  readonly offset: number;
  /** Pixels from one cell to the next, down and to the right; absent: as many as make the picture. */
  readonly step?: MapExtent | undefined;
  /** The extent of the picture where the layer says it, instead of a value. */
  readonly picture?: MapExtent | undefined;
  /** Of the four codes. */
  readonly variances: readonly number[];
}

/**
 * Priors of all cells of `map`, `[1, 2, 4·cells·sizes]`: corners in shares of the picture, then their variances. `map` and
 * `picture` are channels-first, float32 `[N, C, H, W]`; of them only the extents are used. Fails without the extents of a picture.
 */
export function priorBoxNodes(e: LayerEmitter, map: string, picture: string | undefined, layer: PriorBoxLayer): string {
  const sides = picturesSides(e, picture, layer.picture);
  const middles = cellMiddles(e, map, sides, layer);
  const halves = layer.sizes.flatMap(([w, h]) => [-w / 2, -h / 2, w / 2, h / 2]);
  const reaches = e.constant(tensorOf('float32', [layer.sizes.length, 4], halves), 'halves');
  const [height = '', width = ''] = sides.map((side) => e.reshape(side, [1]));
  const whole = e.one('Concat', [width, height, width, height], { axis: 0 });
  const shares = e.binary('div', e.binary('add', middles, reaches), whole);
  const boxes = layer.clip ? e.activate(shares, { kind: 'clip', alpha: 0, beta: 1 }) : shares;
  const spread = e.one('Expand', [realList(e, layer.variances), e.one('Shape', [boxes], {})], {});
  return e.one('Concat', [e.reshape(boxes, [1, 1, -1]), e.reshape(spread, [1, 1, -1])], { axis: 1 });
}

/** Height and width of the picture, float32 scalars. */
function picturesSides(e: LayerEmitter, picture: string | undefined, known: MapExtent | undefined): string[] {
  if (known) return known.map((side) => e.scalar('float32', side));
  const x = picture ?? e.fail('has priors in shares of a picture, but no picture');
  return [2, 3].map((axis) => realOf(e, extentNode(e, x, axis)));
}

/** x, y, x, y of the centre of each cell, `[height, width, 1, 4]`. */
function cellMiddles(e: LayerEmitter, map: string, sides: readonly string[], { step, offset }: PriorBoxLayer): string {
  const [down = '', across = ''] = sides.map((side, i) => {
    const cells = extentNode(e, map, i + 2);
    const length = step ? e.scalar('float32', step[i] ?? 0) : e.binary('div', side, realOf(e, cells));
    const places = e.binary('add', realOf(e, countedUp(e, cells)), e.scalar('float32', offset));
    return e.reshape(e.binary('mul', places, length), i === 0 ? [-1, 1, 1, 1] : [1, -1, 1, 1]);
  });
  // A coordinate times 1, and the other times 0: all four at once.
  const [x, y] = [realList(e, [1, 0, 1, 0]), realList(e, [0, 1, 0, 1])];
  return e.binary('add', e.binary('mul', across, x), e.binary('mul', down, y));
}
