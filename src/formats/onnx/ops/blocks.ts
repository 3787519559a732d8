/** Space to depth and back: reshape, transpose, reshape, by shape arithmetic that folds once the shape is known. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import type { OnnxNode } from '../node.ts';
import type { OpTable } from './table.ts';

/** `[N, C, H, W]` → `[N, C/b², H·b, W·b]`, by shape arithmetic that folds once the shape is known. */
function depthToSpace(n: OnnxNode): void {
  const b = n.int('blocksize', 0);
  if (b < 1) n.fail(`blocksize = ${b}`);
  const columnsFirst = n.choice('mode', 'DCR', ['DCR', 'CRD']) === 'CRD';
  const { batch, spatial } = extentsOf(n);
  const [split, channels] = [n.intsConstant([b, b]), n.intsConstant([-1])];
  const parts = columnsFirst ? [batch, channels, split, spatial] : [batch, split, channels, spatial];
  const blocks = n.temp('Reshape', [n.in(0), concatInts(n, parts)], { allowZero: false });
  const perm = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  const moved = n.main('Transpose', [blocks], { perm });
  const grown = n.temp('Binary', [spatial, split], { kind: 'mul', activation: NO_ACTIVATION });
  n.result('Reshape', [moved, concatInts(n, [batch, channels, grown])], { allowZero: false });
}

/** `[N, C, H, W]` → `[N, C·b², H/b, W/b]`. */
function spaceToDepth(n: OnnxNode): void {
  const b = n.int('blocksize', 0);
  if (b < 1) n.fail(`blocksize = ${b}`);
  const { batch, channels, spatial } = extentsOf(n);
  const block = n.intsConstant([b]);
  const shrunk = n.temp('Binary', [spatial, block], { kind: 'div', activation: NO_ACTIVATION });
  const [rows, columns] = [part(n, shrunk, 0, 1), part(n, shrunk, 1, 2)];
  const blocks = n.temp('Reshape', [n.in(0), concatInts(n, [batch, channels, rows, block, columns, block])], {
    allowZero: false,
  });
  const moved = n.main('Transpose', [blocks], { perm: [0, 3, 5, 1, 2, 4] });
  n.result('Reshape', [moved, concatInts(n, [batch, n.intsConstant([-1]), shrunk])], { allowZero: false });
}

/** The extents of a 4-D image as values. */
function extentsOf(n: OnnxNode): { batch: string; channels: string; spatial: string } {
  const extents = n.temp('Shape', [n.in(0)], {});
  return { batch: part(n, extents, 0, 1), channels: part(n, extents, 1, 2), spatial: part(n, extents, 2, 4) };
}

function part(n: OnnxNode, list: string, from: number, to: number): string {
  return n.temp('Slice', [list, n.intsConstant([from]), n.intsConstant([to])], {});
}

function concatInts(n: OnnxNode, parts: readonly string[]): string {
  return n.temp('Concat', parts, { axis: 0 });
}

/** Operators that regroup pixels. */
export const BLOCKS: OpTable = {
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
