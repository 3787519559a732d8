/**
 * What is known of the extents of values while the layers of a network are read, before any picture is: the rank always, an
 * extent where the file fixes it. Formats whose layers mean one thing or another by the shape of their input ask here.
 */
import { normalizeAxis } from '../../core/broadcast.ts';
import { LoadError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';
import { product, range } from '../../util/arrays.ts';

/** Extents, those undefined that inputs decide. */
export type Extents = readonly (number | undefined)[];

/** An operand of a node. */
export interface KnownOperand {
  readonly extents: Extents;
  /** Of a constant. */
  readonly tensor: Tensor | undefined;
}

type Rule<K extends OpKind> = (operands: readonly KnownOperand[], attributes: OpAttributes[K]) => Extents;

/** Extents of outputs, by operator: all outputs of one have the same, but those of Split and NonMaxSuppression. */
const RULES: { readonly [K in OpKind]?: Rule<K> } = {
  Conv: windowed,
  ConvInteger: windowed,
  ConvTranspose: windowed,
  MaxPool: pooled,
  AveragePool: pooled,
  GlobalAveragePool: global,
  GlobalMaxPool: global,
  Gemm: ([a, b], { transA, transB }) => [extentsOf(a)[transA ? 1 : 0], extentsOf(b)[transB ? 0 : 1]],
  MatMul: matrixProduct,
  MatMulInteger: (operands) => matrixProduct(operands, { transA: false, transB: false }),
  BatchNormalization: asFirst,
  LpNormalization: asFirst,
  LRN: asFirst,
  Softmax: asFirst,
  Activation: asFirst,
  PRelu: asFirst,
  Unary: asFirst,
  Cast: asFirst,
  Identity: asFirst,
  ChannelShuffle: asFirst,
  QuantizeLinear: asFirst,
  DequantizeLinear: asFirst,
  CumSum: asFirst,
  Binary: (operands) => broadcast(operands.map(extentsOf)),
  Where: (operands) => broadcast(operands.map(extentsOf)),
  Reshape: ([x, shape]) => reshaped(extentsOf(x), shape),
  Flatten: () => [undefined, undefined],
  Transpose: ([x], { perm }) => perm.map((axis) => extentsOf(x)[axis]),
  Concat: (operands, { axis }) => joined(operands.map(extentsOf), axis),
  Shape: ([x]) => [extentsOf(x).length],
  Squeeze: ([x], { axes }) => {
    const gone = new Set(axes.map((axis) => normalizeAxis(axis, extentsOf(x).length)));
    return extentsOf(x).filter((_, axis) => !gone.has(axis));
  },
  Unsqueeze: ([x], { axes }) => unsqueezed(extentsOf(x), axes),
  Slice: ([x, , , axes]) => sliced(extentsOf(x), axes?.tensor),
  Pad: ([x, pads]) => {
    const amounts = Array.from(pads?.tensor?.data ?? []);
    const [own, none] = [extentsOf(x), (amount: number | undefined) => amount === 0];
    return own.map((extent, i) => (none(amounts[i]) && none(amounts[own.length + i]) ? extent : undefined));
  },
  Resize: ([x], { axes }) => extentsOf(x).map((extent, axis) => (axes.includes(axis) ? undefined : extent)),
  Reduce: ([x], { axes, keepDims }) => reduced(extentsOf(x), axes, keepDims),
  Gather: ([x, indices], { axis }) => {
    const at = normalizeAxis(axis, extentsOf(x).length);
    return [...extentsOf(x).slice(0, at), ...extentsOf(indices), ...extentsOf(x).slice(at + 1)];
  },
  Range: () => [undefined],
  GatherND: ([x, indices], { batchDims }) => {
    const [own, at] = [extentsOf(x), extentsOf(indices)];
    return [...at.slice(0, -1), ...own.slice(batchDims + (at.at(-1) ?? 0))];
  },
  GatherElements: ([, indices]) => extentsOf(indices),
  ScatterElements: asFirst,
  ScatterND: asFirst,
  TopK: ([x, k], { axis }) => {
    const extents = extentsOf(x);
    return extents.with(normalizeAxis(axis, extents.length), k?.tensor?.data[0]);
  },
  Tile: ([x, repeats]) => {
    const times = repeats?.tensor?.data;
    return extentsOf(x).map((extent, axis) =>
      extent === undefined || !times ? undefined : extent * (times[axis] ?? 1),
    );
  },
  ConstantOfShape: ([shape]) => reshaped([], shape),
  ArgMaxPool: pooled,
  MaxUnpool: pooled,
  MaxRoiPool: ([x, rois], { outputHeight, outputWidth }) => [
    extentsOf(rois)[0],
    outputHeight,
    outputWidth,
    extentsOf(x).at(-1),
  ],
  PsRoiPool: ([x, rois], { outputHeight, outputWidth }) => {
    const channels = extentsOf(x).at(-1);
    const own = channels === undefined ? undefined : channels / (outputHeight * outputWidth);
    return [extentsOf(rois)[0], outputHeight, outputWidth, own];
  },
  RoiAlign: ([x, rois], { outputHeight, outputWidth }) => [
    extentsOf(rois)[0],
    outputHeight,
    outputWidth,
    extentsOf(x).at(-1),
  ],
  GridSample: ([x, grid]) => [extentsOf(x)[0], ...extentsOf(grid).slice(1, -1), extentsOf(x).at(-1)],
  DeformConv: windowed,
  ArgReduce: ([x], { axis, keepDims }) => reduced(extentsOf(x), [axis], keepDims),
  BoxDecode: ([codes], { points }) => [...extentsOf(codes).slice(0, -1), 4 + 2 * points],
  Expand: ([x, shape]) => broadcast([extentsOf(x), range(extentsOf(shape)[0] ?? 0).map(() => undefined)]),
};

/**
 * Extents of each output of a node. Throws LoadError for an operator that has no rule here: the table lacks it.
 */
export function extentsOfOutputs<K extends OpKind>(
  op: K,
  operands: readonly KnownOperand[],
  attributes: OpAttributes[K],
  outputs: number,
): Extents[] {
  // Rows, their number, and their scores.
  if (op === 'NonMaxSuppression') return [[undefined, 3], [], [undefined]];
  if (op === 'LSTM' || op === 'GRU' || op === 'RNN') return recurrent(operands);
  if (op === 'Split') return parts(extentsOf(operands[0]), attributes as OpAttributes['Split'], outputs);
  const rule: Rule<K> | undefined = RULES[op];
  if (!rule) throw new LoadError(`the extents of ${op} are not known to importers of layers`);
  const extents = rule(operands, attributes);
  return range(outputs).map(() => extents);
}

function extentsOf(operand: KnownOperand | undefined): Extents {
  return operand?.extents ?? [];
}

function asFirst([x]: readonly KnownOperand[]): Extents {
  return extentsOf(x);
}

function matrixProduct(
  [a, b]: readonly KnownOperand[],
  { transA, transB }: Pick<OpAttributes['MatMul'], 'transA' | 'transB'>,
): Extents {
  const [left, right] = [extentsOf(a), extentsOf(b)];
  return [...broadcast([left.slice(0, -2), right.slice(0, -2)]), left.at(transA ? -1 : -2), right.at(transB ? -2 : -1)];
}

/** Of all steps, and of each state, which the last of them is. */
function recurrent([x, w, r]: readonly KnownOperand[]): Extents[] {
  const [steps, batch] = extentsOf(x);
  const state = [extentsOf(w)[0], batch, extentsOf(r)[2]];
  return [[steps, ...state], state, state];
}

/** Images: what the weights give last are the channels. */
function windowed([x, weights]: readonly KnownOperand[]): Extents {
  const extents = extentsOf(x);
  return [extents[0], ...extents.slice(2).map(() => undefined), extentsOf(weights).at(-1)];
}

function pooled([x]: readonly KnownOperand[]): Extents {
  const extents = extentsOf(x);
  return [extents[0], ...extents.slice(2).map(() => undefined), extents.at(-1)];
}

function global([x]: readonly KnownOperand[]): Extents {
  const extents = extentsOf(x);
  return [extents[0], ...extents.slice(2).map(() => 1), extents.at(-1)];
}

/** NumPy's: an extent is known where one that is not 1 is, or all are. */
function broadcast(all: readonly Extents[]): Extents {
  const rank = Math.max(0, ...all.map(({ length }) => length));
  return range(rank).map((axis) => {
    const extents = all.flatMap((own) => {
      const i = axis - rank + own.length;
      return i < 0 ? [] : [own[i]];
    });
    return (
      extents.find((extent) => extent !== undefined && extent !== 1) ?? (extents.includes(undefined) ? undefined : 1)
    );
  });
}

function reshaped(x: Extents, shape: KnownOperand | undefined): Extents {
  const target = shape?.tensor;
  if (!target) return range(extentsOf(shape)[0] ?? 0).map(() => undefined);
  const extents = Array.from(target.data, (extent, axis) =>
    extent === 0 ? x[axis] : extent === -1 ? undefined : extent,
  );
  const rest = Array.from(target.data).indexOf(-1);
  // An extent that is kept at its place goes out of what is left by division, known or not.
  const isKept = (axis: number): boolean => target.data[axis] === 0 && axis < x.length;
  const before = x.filter((_, axis) => !isKept(axis));
  const others = extents.filter((_, axis) => axis !== rest && !isKept(axis));
  if (rest < 0 || !before.every(isKnown) || !others.every(isKnown)) return extents;
  const known = product(others);
  return extents.with(rest, known === 0 ? undefined : product(before) / known);
}

function joined(all: readonly Extents[], along: number): Extents {
  const [first = []] = all;
  const axis = normalizeAxis(along, first.length);
  return first.map((_, i) => {
    const extents = all.map((own) => own[i]);
    if (i !== axis) return extents.find(isKnown);
    return extents.every(isKnown) ? extents.reduce((a, b) => a + b, 0) : undefined;
  });
}

function unsqueezed(x: Extents, axes: readonly number[]): Extents {
  const rank = x.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = x[Symbol.iterator]();
  return range(rank).map((axis) => (added.has(axis) ? 1 : rest.next().value));
}

function sliced(x: Extents, axes: Tensor | undefined): Extents {
  if (!axes) return x.map(() => undefined);
  const cut = new Set(Array.from(axes.data, (axis) => normalizeAxis(axis, x.length)));
  return x.map((extent, axis) => (cut.has(axis) ? undefined : extent));
}

function reduced(x: Extents, axes: readonly number[], keepDims: boolean): Extents {
  const gone = new Set((axes.length > 0 ? axes : range(x.length)).map((axis) => normalizeAxis(axis, x.length)));
  return keepDims ? x.map((extent, axis) => (gone.has(axis) ? 1 : extent)) : x.filter((_, axis) => !gone.has(axis));
}

function parts(x: Extents, { axis, sizes }: OpAttributes['Split'], outputs: number): Extents[] {
  const at = normalizeAxis(axis, x.length);
  const whole = x[at];
  return range(outputs).map((i) =>
    x.with(at, sizes.length > 0 ? sizes[i] : whole === undefined ? undefined : whole / outputs),
  );
}

function isKnown(extent: number | undefined): extent is number {
  return extent !== undefined;
}
