/** QLinearConvTranspose as an ordinary convolution over cells (../conv/transposed-cells.ts), whose results are then put where they belong. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { cellResultsShader } from '../../../shaders/quantise/cell-results.ts';
import { isPacked } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Multipliers } from '../../ir/quantise/multipliers.ts';
import { transposedAxes } from '../../ir/shapes/transposed-window.ts';
import { at, ceilDiv, product, range } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, variant, type CallOperand, type LowerContext } from '../definition.ts';
import { cellPads, cellsOf, cellTaps, isMostlyFilled, type Cells } from '../conv/transposed-cells.ts';
import { kernelElements, type WeightSpec } from '../lib/int8-weights.ts';
import { resultsOfConv, type QuantisedCall, type QuantisedConv } from '../lib/quantised-conv.ts';
import { convCalls } from './kernels.ts';
import { quantisedConv, scaledWeights } from './operands.ts';

type Context = LowerContext<'QLinearConvTranspose'>;

/** The cells; nothing of groups, of kernels that lie apart, and where most weights would be filling. */
function cellsFor(context: Context): Cells | undefined {
  const [x, w] = [required(context, 0), required(context, 3)];
  const { attributes } = context.node;
  const cells = cellsOf(transposedAxes(attributes, x.shape.slice(1, -1), w.shape.slice(0, -2)));
  return cells && attributes.group === 1 && !isMostlyFilled(cells) ? cells : undefined;
}

/** Channels are those of the first phase, of the second, and so on; the zero point where a phase has no such tap. */
function cellWeights(spec: WeightSpec, cells: Cells): WeightSpec {
  const { groupOut, wZeroPoints, bias, multipliers } = spec;
  const phases = product(cells.strides);
  const elements = new Map(cellTaps(cells).map(({ element, tap, phase }) => [tap * phases + phase, element]));
  // One of all channels is one of all phases.
  const eachPhase = <T>(values: ArrayLike<T>): T[] =>
    range(values.length === groupOut ? phases : 1).flatMap(() => Array.from(values));
  const zeroPoints = eachPhase(wZeroPoints);
  return {
    ...spec,
    taps: product(cells.seen),
    groupOut: phases * groupOut,
    weight: (tap, c, m) => {
      const phase = Math.floor(m / groupOut);
      const element = elements.get(tap * phases + phase);
      if (element === undefined) return at(zeroPoints, zeroPoints.length === 1 ? 0 : m);
      return spec.weight(element, c, m - phase * groupOut);
    },
    wZeroPoints: zeroPoints,
    bias: bias && eachPhase(bias),
    multipliers: { ...multipliers, values: eachPhase<unknown>(multipliers.values) } as Multipliers,
  };
}

/** The convolution that makes the cells' results, in memory of the node. */
function cellConv(context: Context, cells: Cells): QuantisedConv {
  const [x, y] = [required(context, 0), result(context)];
  const { input, count, seen, strides } = cells;
  const [batch, in_c] = [at(x.shape, 0), at(x.shape, x.shape.length - 1)];
  const out_c = product(strides) * at(y.shape, y.shape.length - 1);
  const [pad_top, pad_left] = cellPads(cells);
  const [in_h, in_w, out_h, out_w] = [...input, ...count];
  const conv = quantisedConv(context, {
    window: {
      spec: { kernel: seen, strides: [1, 1], dilations: [1, 1] },
      batch,
      params: { in_h, in_w, in_c, out_h, out_w, out_c, pad_top, pad_left },
    },
    group: 1,
    weights: () =>
      cellWeights(
        scaledWeights(context, (w) => kernelElements(w, 1)),
        cells,
      ),
  });
  return { ...conv, y: { kind: 'scratch', id: 'cells', elements: resultsOfConv(conv), storage: y.storage } };
}

/** Puts the results, `made`, where they belong. */
function placeCall(context: Context, cells: Cells, made: CallOperand): QuantisedCall {
  const { shape, storage } = result(context);
  const { strides, output, count: extents, cut } = cells;
  const [elements, channels] = [elementCount(shape), at(shape, shape.length - 1)];
  const words = isPacked(storage) && channels % 4 === 0;
  const count = ceilDiv(elements, 4);
  return {
    shader: cellResultsShader({ x: storage, words, strides }),
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

/** The dispatches of the convolution, and the one that places what it makes. */
export const CELLS = variant<'QLinearConvTranspose', readonly QuantisedCall[]>(
  'cells',
  (context) => {
    const cells = cellsFor(context);
    if (!cells || elementCount(result(context).shape) === 0) return undefined;
    const conv = cellConv(context, cells);
    const calls = convCalls(conv, context.device);
    return calls && [...calls, placeCall(context, cells, conv.y)];
  },
  (_, calls) => calls,
);
