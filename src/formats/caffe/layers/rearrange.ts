/** Elements in another order: repeated, turned round, chosen, or between space and channels. */
import { range } from '../../../util/arrays.ts';
import { extentList, extentNode } from '../../lib/layer-nodes.ts';
import type { CaffeContext } from '../context.ts';

/**
 * Darknet's: each square of stride × stride goes to channels, in an order that reads the blob as one of other extents. In
 * reverse from channels to squares.
 */
function reorg(c: CaffeContext): string {
  const x = c.bottom();
  if (c.rank(x) !== 4) c.fail(`rearranges a blob of ${c.rank(x)} dimensions instead of 4`);
  const param = c.param('reorg_param');
  const stride = param.count('stride', 2, 1);
  const reverse = param.flag('reverse', false);
  const [images, channels, height, width] = range(4).map((axis) => extentNode(c, x, axis)) as [
    string,
    string,
    string,
    string,
  ];
  const by = (kind: 'mul' | 'floorDiv', value: string, factor: number): string =>
    c.binary(kind, value, c.scalar('int64', factor));
  if (reverse) {
    // Rows of the squares: [N, s, s, C/s²·H, W] → [N, C/s²·H, s, W, s].
    const squares = c.reshapeTo(x, extentList(c, [images, stride, stride, -1, width]));
    const rows = c.one('Transpose', [squares], { perm: [0, 3, 1, 4, 2] });
    const extents = [
      images,
      by('floorDiv', channels, stride ** 2),
      by('mul', height, stride),
      by('mul', width, stride),
    ];
    return c.reshapeTo(rows, extentList(c, extents));
  }
  // The loops take the blob for one of C/s² channels whose rows are s times as long: [N, C/s²·H, s, W, s].
  const known = c.extents(x)[1];
  if (known !== undefined && known % stride ** 2 !== 0) c.fail(`${known} channels are no multiple of ${stride ** 2}`);
  const rows = c.reshapeTo(x, extentList(c, [images, -1, stride, width, stride]));
  const squares = c.one('Transpose', [rows], { perm: [0, 2, 4, 1, 3] });
  const extents = [
    images,
    by('mul', channels, stride ** 2),
    by('floorDiv', height, stride),
    by('floorDiv', width, stride),
  ];
  return c.reshapeTo(squares, extentList(c, extents));
}

/** ShuffleNet's (arXiv:1707.01083). */
function shuffleChannel(c: CaffeContext): string {
  const groups = c.param('shuffle_channel_param').count('group', 1, 1);
  const x = c.bottom();
  const channels = c.extents(x)[1];
  if (channels !== undefined && channels % groups !== 0) c.fail(`${channels} channels are not ${groups} groups`);
  return c.aroundLast(x, (image) => c.main('ChannelShuffle', [image], { groups }));
}

function tile(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('tile_param');
  const axis = c.axis(param.integer('axis', 1), c.rank(x));
  const times = param.count('tiles', 0, 1);
  return c.one('Tile', [x, c.ints(range(c.rank(x)).map((i) => (i === axis ? times : 1)))], {});
}

function reverse(c: CaffeContext): string {
  const x = c.bottom();
  const axis = c.axis(c.param('reverse_param').integer('axis', 0), c.rank(x));
  const bounds = [-1, -(2 ** 31) + 1, axis, -1].map((bound) => c.ints([bound]));
  return c.one('Slice', [x, ...bounds], {});
}

/** Images of a batch, as a second blob numbers them. */
function batchReindex(c: CaffeContext): string {
  const [x = '', order = ''] = c.bottoms(2, 2);
  if (c.rank(order) !== 1) c.fail(`an order of ${c.rank(order)} dimensions instead of 1`);
  return c.one('Gather', [x, c.one('Cast', [order], { to: 'int64' })], { axis: 0 });
}

/** Rows of a table of weights, by their numbers. */
function embed(c: CaffeContext): string {
  const param = c.param('embed_param');
  param.ignore('weight_filler', 'bias_filler');
  const [count, width] = [param.count('input_dim', 0, 1), param.count('num_output', 0, 1)];
  const rows = c.one('Gather', [c.blob(0, [count, width]), c.one('Cast', [c.bottom()], { to: 'int64' })], { axis: 0 });
  return param.flag('bias_term', true) ? c.binary('add', rows, c.blob(1, [width])) : rows;
}

/** Layers that rearrange. */
export const REARRANGE = {
  Reorg: reorg,
  ShuffleChannel: shuffleChannel,
  Tile: tile,
  Reverse: reverse,
  BatchReindex: batchReindex,
  Embed: embed,
};
