/** What is true of whole groups of operators, for whoever must not know one by name. */
import type { Node, OpKind } from './ops.ts';

const VIEW_OPS = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity'] as const satisfies readonly OpKind[];

/** An operator of `VIEWS`. */
export type ViewOp = (typeof VIEW_OPS)[number];

/** Operators whose output has the first input's elements in the same order: it can share the input's memory. */
export const VIEWS: ReadonlySet<OpKind> = new Set<OpKind>(VIEW_OPS);

const CHANNELS_LAST_OPS = [
  'Conv',
  'ConvTranspose',
  'DeformConv',
  'MaxPool',
  'AveragePool',
  'LpPool',
  'ArgMaxPool',
  'MaxUnpool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'MaxRoiPool',
  'PsRoiPool',
  'RoiAlign',
  'DeformRoiPool',
  'CropAndResize',
  'LRN',
  'GridSample',
  'QLinearConv',
  'ConvInteger',
  'QLinearConvTranspose',
  'QLinearAveragePool',
  'QLinearResize',
] as const satisfies readonly OpKind[];

/** An operator of `CHANNELS_LAST`. */
export type ChannelsLastOp = (typeof CHANNELS_LAST_OPS)[number];

/** Operators that work on maps `[N, …S, C]`: importers of channels-first formats wrap them in Transposes. */
export const CHANNELS_LAST: ReadonlySet<OpKind> = new Set<OpKind>(CHANNELS_LAST_OPS);

const UNROLLED_OPS = ['LoopEntry', 'LoopExit', 'Sequence'] as const satisfies readonly OpKind[];

/** An operator of `UNROLLED`. */
export type UnrolledOp = (typeof UNROLLED_OPS)[number];

/** Operators that other nodes stand for once shapes are known: nothing runs them. */
export const UNROLLED: ReadonlySet<OpKind> = new Set<OpKind>(UNROLLED_OPS);

/** Which function a node applies, where its operator stands for a family of them: `relu` of an Activation, `add` of a Binary. */
export function functionOf(node: Node): string | undefined {
  switch (node.op) {
    case 'Activation':
      return node.attributes.activation.kind;
    case 'Unary':
    case 'Binary':
    case 'Reduce':
      return node.attributes.kind;
    default:
      return undefined;
  }
}
