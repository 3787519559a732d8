/** Movements that few classifiers have: taking apart, cutting out, space to depth and back, repetition. */
import { tensorOf } from '../../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import { aroundChannelsLast } from '../../../lib/channels-first.ts';
import { gatherBlocks, reorder, spreadBlocks } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { pad } from './move.ts';

/**
 * Parts are equal unless `split` says them; from opset 18 on `num_outputs` asks for them where nothing else does, and the last of
 * these may be smaller.
 */
export function split(n: OnnxNode): string[] {
  const { list: sizes, inputs } = n.listed('split');
  const axis = n.attr.int('axis', 0);
  const counted = n.opset >= 18 && n.attr.has('num_outputs');
  const parts = n.attr.int('num_outputs', n.outputs.length);
  if (parts !== n.outputs.length) n.fail(`num_outputs = ${parts} with ${n.outputs.length} outputs`);
  const given = sizes.length > 0 || inputs.length > 0;
  if (n.opset >= 18 && counted === given) n.fail(`split and num_outputs: ${given ? 'both' : 'none'} given, not one`);
  if (sizes.length > 0 && sizes.length !== parts) n.fail(`${sizes.length} sizes for ${parts} outputs`);
  const told = counted && parts > 1 ? [equalSizes(n, axis, parts)] : inputs;
  return n.many('Split', [n.input(0), ...told], { axis, sizes }, parts);
}

/** Extents of so many parts of the first input, all equal but for the last, which has what is left. */
function equalSizes(n: OnnxNode, axis: number, parts: number): string {
  const extent = reorder(n, n.one('Shape', [n.input(0)], {}), [axis]);
  const size = n.binary('div', n.binary('add', extent, n.ints([parts - 1])), n.ints([parts]));
  const others = reorder(
    n,
    size,
    range(parts - 1).map(() => 0),
  );
  const left = n.binary('sub', extent, n.binary('mul', size, n.ints([parts - 1])));
  return n.one('Concat', [others, left], { axis: 0 });
}

/** Before opset 10 the bounds are attributes. */
export function slice(n: OnnxNode): string {
  const starts = n.attr.ints('starts');
  const ends = n.attr.ints('ends');
  if (starts && ends) {
    const axes = n.attr.ints('axes') ?? range(starts.length);
    const bounds = [starts, ends].map((list) => n.ints(list.map(clampInt32)));
    return n.one('Slice', [n.input(0), ...bounds, n.ints(axes)], {});
  }
  const inputs = [n.input(0), n.input(1), n.input(2), n.optional(3), n.optional(4)];
  while (inputs.at(-1) === '') inputs.pop();
  return n.one('Slice', inputs, {});
}

/** "To the end" is written as an extreme int64; the engine holds int32. */
function clampInt32(v: number): number {
  return Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), v));
}

export function expand(n: OnnxNode): string {
  return n.one('Expand', [n.input(0), n.input(1)], {});
}

function blockSize(n: OnnxNode): number {
  const b = n.attr.int('blocksize', 0);
  return b < 1 ? n.fail(`blocksize = ${b}`) : b;
}

/** `[N, C, H, W]` → `[N, C/b², H·b, W·b]`. */
export function depthToSpaceOp(n: OnnxNode): string {
  const b = blockSize(n);
  const channelsOuter = n.attr.choice('mode', 'DCR', ['DCR', 'CRD']) === 'CRD';
  return aroundChannelsLast(n, n.input(0), 4, (x) => spreadBlocks(n, x, b, channelsOuter));
}

/** `[N, C, H, W]` → `[N, C·b², H/b, W/b]`. */
export function spaceToDepthOp(n: OnnxNode): string {
  const b = blockSize(n);
  return aroundChannelsLast(n, n.input(0), 4, (x) => gatherBlocks(n, x, b));
}

export function tile(n: OnnxNode): string {
  if (n.opset < 6) n.refuse('opset below 6');
  return n.one('Tile', [n.input(0), n.input(1)], {});
}

/** The pads of some axes (Pad-18) spread over all of them, by rows of the unit matrix: what is computed folds with the shapes. */
export const padOfAxes = pad((n) => {
  const rank = n.rankKept ?? n.rank(0);
  const axes = n.constantInput(3)?.data ?? [];
  for (const axis of axes) if (axis < -rank || axis >= rank) n.fail(`axis ${axis} of a tensor of rank ${rank}`);
  const unit = range(rank * rank).map((i) => (i % (rank + 1) === 0 ? 1 : 0));
  const rows = n.one('Gather', [n.constant(tensorOf('float32', [rank, rank], unit), 'unit'), n.input(3)], { axis: 0 });
  const given = n.one('Cast', [n.reshape(n.input(1), [2, -1])], { to: 'float32' });
  const all = n.one('MatMul', [given, rows], { transA: false, transB: false, activation: NO_ACTIVATION });
  return n.reshape(n.one('Cast', [all], { to: 'int64' }), [-1]);
});

/** Without k the diagonal is the main one. */
export function trilu(n: OnnxNode): string {
  const k = n.optional(1) || n.scalar('int64', 0);
  return n.one('Trilu', [n.input(0), k], { upper: n.attr.flag('upper', true) });
}

/** The axes are the first two. */
export function reverseSequence(n: OnnxNode): string {
  const attributes = { batchAxis: n.attr.int('batch_axis', 1), timeAxis: n.attr.int('time_axis', 0) };
  if (![0, 1].includes(attributes.batchAxis)) n.fail(`batch_axis is ${attributes.batchAxis}, not 0 or 1`);
  if (![0, 1].includes(attributes.timeAxis)) n.fail(`time_axis is ${attributes.timeAxis}, not 0 or 1`);
  return n.one('ReverseSequence', [n.input(0), n.input(1)], attributes);
}

/** CenterCropPad: pads that are half of what an extent lacks; where it has more they are negative, and cut. The odd one is at the end. */
export function centerCropPad(n: OnnxNode): string {
  const rank = n.rankKept ?? n.rank(0);
  const axes = (n.attr.ints('axes') ?? range(rank)).map((axis) => {
    if (axis < -rank || axis >= rank) n.fail(`axis ${axis} of a tensor of rank ${rank}`);
    return axis < 0 ? axis + rank : axis;
  });
  if (new Set(axes).size !== axes.length) n.fail(`axes [${axes.join(', ')}]`);
  // As many extents as axes, or the Reshape refuses them.
  const asked = n.one('Cast', [n.reshape(n.input(1), [axes.length])], { to: 'int64' });
  const there = n.one('Gather', [n.one('Shape', [n.input(0)], {}), n.ints(axes)], { axis: 0 });
  const lacking = n.binary('sub', asked, there);
  const before = n.binary('div', lacking, n.ints([2]));
  // None is added along the other axes.
  const places = range(rank).map((axis) => axes.indexOf(axis) + 1);
  const spread = (pads: string): string =>
    n.one('Gather', [n.one('Concat', [n.ints([0]), pads], { axis: 0 }), n.ints(places)], { axis: 0 });
  const pads = n.one('Concat', [spread(before), spread(n.binary('sub', lacking, before))], { axis: 0 });
  return n.one('Pad', [n.input(0), pads], { mode: 'constant' });
}
