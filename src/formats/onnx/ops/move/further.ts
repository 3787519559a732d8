/** Movements that classifiers have no use for: space to depth and back, repetition. */
import { aroundChannelsLast } from '../../../lib/channels-first.ts';
import { spreadBlocks, gatherBlocks } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';

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
