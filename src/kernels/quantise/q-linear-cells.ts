/** QLinearConvTranspose as QLinearConv over cells (../conv/transposed-cells.ts), whose results are then put where they belong. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { cellResultsShader } from '../../../shaders/quantise/cell-results.ts';
import { hostArray } from '../../core/dtype.ts';
import { densePlacement } from '../../core/placement.ts';
import { isPacked, type Stored } from '../../core/storage.ts';
import { elementCount, type Shape, type Tensor } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { transposedAxes } from '../../ir/shapes/transposed-window.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  type CallOperand,
  type KernelCall,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { cellPads, cellsOf, cellTaps, isMostlyFilled, type Cells } from '../conv/transposed-cells.ts';
import { constantAt } from '../lib/quantised.ts';
import { qLinearConv } from './q-linear-conv.ts';

type Context = LowerContext<'QLinearConvTranspose'>;

/** What the convolution reads and makes; its constants are called by their index. */
const [X, MADE] = ['x', 'cells'];

/** The cells; nothing of groups, of kernels that lie apart, and where most weights would be filling. */
function cellsFor(context: Context): Cells | undefined {
  const [x, w] = [required(context, 0), required(context, 3)];
  const { attributes } = context.node;
  const cells = cellsOf(transposedAxes(attributes, x.shape.slice(1, -1), w.shape.slice(0, -2)));
  return cells && attributes.group === 1 && !isMostlyFilled(cells) ? cells : undefined;
}

/** `[…K, C, M]` → `[…seen, C, phases · M]`; the zero point where a phase has no such tap. */
function cellWeights(w: Tensor, zeroPoints: Tensor, cells: Cells): Tensor {
  const { seen, strides } = cells;
  const [inC, outC] = [at(w.shape, w.shape.length - 2), at(w.shape, w.shape.length - 1)];
  const width = product(strides) * outC;
  const data = hostArray(w.dtype, product(seen) * inC * width);
  const isOne = zeroPoints.data.length === 1;
  data.forEach((_, i) => (data[i] = at(zeroPoints.data, isOne ? 0 : i % outC)));
  for (const { element, tap, phase } of cellTaps(cells)) {
    for (let c = 0; c < inC; c++) {
      const from = (element * inC + c) * outC;
      data.set(w.data.subarray(from, from + outC), (tap * inC + c) * width + phase * outC);
    }
  }
  return { dtype: w.dtype, shape: [...seen, inC, width], data } as Tensor;
}

/** What there is one of for each channel, once for each phase. */
function repeated(t: Tensor, phases: number): Tensor {
  const count = t.data.length;
  const data = hostArray(t.dtype, count * phases);
  for (let phase = 0; phase < phases; phase++) data.set(t.data, phase * count);
  return { dtype: t.dtype, shape: [count * phases], data } as Tensor;
}

/** The convolution as its kernels see it. */
function convContext(context: Context, cells: Cells): LowerContext<'QLinearConv'> {
  const { node, inputs, constant } = context;
  const [x, y] = [required(context, 0), result(context)];
  const phases = product(cells.strides);
  const channelsOut = at(y.shape, y.shape.length - 1);
  // One scale of all channels is one of all phases.
  const eachPhase = (t: Tensor): Tensor => (t.data.length === channelsOut ? repeated(t, phases) : t);
  const own = new Map<number, Tensor>([
    [3, cellWeights(constantAt(context, 3), constantAt(context, 5), cells)],
    ...[4, 5, ...(inputs[8] ? [8] : [])].map((i) => [i, eachPhase(constantAt(context, i))] as const),
  ]);
  const named = node.inputs.map((name, i) => (i === 0 ? X : name && `${i}`));
  const [batch, channels] = [at(x.shape, 0), at(x.shape, x.shape.length - 1)];
  const { rounding, range } = node.attributes;
  // Less than nothing where cells do not reach the end.
  const endOf = (i: 0 | 1): number => cells.count[i] + cells.skip[i] - cells.input[i];
  const attributes: NodeOf<'QLinearConv'>['attributes'] = {
    strides: [1, 1],
    dilations: [1, 1],
    pads: [...cellPads(cells), endOf(0), endOf(1)],
    padMode: 'explicit',
    group: 1,
    rounding,
    range,
  };
  return {
    ...context,
    node: { name: node.name, op: 'QLinearConv', inputs: named, outputs: [MADE], attributes },
    inputs: inputs.map((desc, i) => {
      const shape = i === 0 ? [batch, ...cells.input, channels] : own.get(i)?.shape;
      return desc && shape ? dense(desc, shape) : desc;
    }),
    outputs: [dense(y, [batch, ...cells.count, phases * channelsOut])],
    shares: () => false,
    constant: (name) => own.get(Number(name)) ?? constant(node.inputs[Number(name)] ?? ''),
  };
}

function dense(desc: Stored, shape: Shape): Stored {
  return { ...desc, shape, placement: densePlacement(shape) };
}

/** Puts the results where they belong. */
function placeCall(context: Context, cells: Cells, made: CallOperand): Omit<KernelCall, 'variant'> {
  const y = result(context);
  const { strides, output, count: extents, cut } = cells;
  const [elements, channels] = [elementCount(y.shape), at(y.shape, y.shape.length - 1)];
  const words = isPacked(y.storage) && channels % 4 === 0;
  const count = ceilDiv(elements, 4);
  return {
    shader: cellResultsShader({ x: y.storage, words, strides }),
    operands: [made, value(context.node.outputs[0])],
    params: {
      count,
      ...(words ? {} : { last: elements - 1 }),
      out_h: output[0],
      out_w: output[1],
      out_c: words ? channels / 4 : channels,
      cells_h: extents[0],
      cells_w: extents[1],
      cut_h: cut[0],
      cut_w: cut[1],
    },
    workgroups: dispatch1d(count, FLAT_WORKGROUP, context.device),
  };
}

/** The first of the convolution's variants that takes it, and the dispatch that places what it makes. */
export const CELLS: Variant<'QLinearConvTranspose'> = {
  name: 'cells',
  tryLower: (context) => {
    const cells = cellsFor(context);
    if (!cells || elementCount(result(context).shape) === 0 || qLinearConv.kind !== 'dispatch') return undefined;
    const conv = convContext(context, cells);
    const { shape, storage } = result(conv);
    const made: CallOperand = { kind: 'scratch', id: MADE, elements: elementCount(shape), storage };
    const { preferred, variants } = qLinearConv;
    const operands = new Map<string, CallOperand>([
      [X, value(context.node.inputs[0])],
      [MADE, made],
    ]);
    for (const name of [...(preferred?.(conv) ?? []), ...variants.map((variant) => variant.name)]) {
      const calls = variants.find((variant) => variant.name === name)?.tryLower(conv);
      if (!calls) continue;
      const own = calls.map((call) => ({
        ...call,
        operands: call.operands.map((o) => (o.kind === 'value' ? (operands.get(o.name) ?? o) : o)),
      }));
      return [...own, placeCall(context, cells, made)].map((call) => ({ ...call, variant: 'cells' }));
    }
    return undefined;
  },
};
