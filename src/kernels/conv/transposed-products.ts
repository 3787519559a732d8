/** Transposed convolution as the ordinary one over cells (transposed-cells.ts): the kernels of that, which write in another order. */
import { cellResults, MOST_CELLS } from '../../../shaders/lib/cells.ts';
import { hostArray, type HostArray } from '../../core/dtype.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv, product, range, roundUp } from '../../util/arrays.ts';
import { value, type CallOperand } from '../definition.ts';
import type { Epilogue } from '../lib/epilogue.ts';
import type { TiledChoice } from '../product/tiled.ts';
import { stripCalls, type StripTile } from './implicit-strip.ts';
import { tiledConvCalls } from './implicit-tiled.ts';
import type { ConvPlan } from './shared.ts';
import { cellPads, cellsOf, cellTaps, isMostlyFilled, type Cells } from './transposed-cells.ts';
import type { TransposedCall } from './transposed-phases.ts';
import { transposedPlan, type TransposedContext, type TransposedPlan } from './transposed-plan.ts';

/** Output channels where they do not fill a vector, so that one is shared by phases. */
function fewOf({ group, groupOut }: TransposedPlan): number | undefined {
  return group === 1 && groupOut < 4 ? groupOut : undefined;
}

/** Channels of a group of the convolution over cells: those of all phases, each rounded up to whole vectors. */
function packedOf(plan: TransposedPlan, { strides }: Cells): number {
  return product(strides) * (fewOf(plan) ?? roundUp(plan.groupOut, 4));
}

/** The convolution over cells, but for its operands; nothing where there are none, they hold mostly zeros, or groups would be padded. */
export function cellPlan(plan: TransposedPlan): ConvPlan | undefined {
  const { axes, batch, group, groupIn, groupOut, xType, wType, xVector, params } = plan;
  const cells = cellsOf(axes);
  if (!cells || groupIn === 0 || (group > 1 && groupOut % 4 !== 0)) return undefined;
  const { input, seen, count } = cells;
  const [padTop, padLeft] = cellPads(cells);
  const all = batch * product(count);
  if (all === 0 || all > MOST_CELLS) return undefined;
  if (isMostlyFilled(cells)) return undefined;
  const packed = packedOf(plan, cells);
  return {
    operands: [],
    weights: undefined,
    spec: { kernel: seen, strides: [1, 1], dilations: [1, 1] },
    batch,
    params: {
      in_h: input[0],
      in_w: input[1],
      in_c: group * groupIn,
      out_h: count[0],
      out_w: count[1],
      out_c: group * packed,
      pad_top: padTop,
      pad_left: padLeft,
    },
    padEnd: [0, 0],
    group,
    groupIn,
    groupOut: packed,
    epilogue: cellEpilogue(plan, cells),
    xType,
    wType,
    xVector,
    xParams: { x_offset: params['x_offset'] ?? 0, x_pitch: params['x_pitch'] ?? 0 },
  };
}

/** The tail, which puts the outputs of cells where they belong. */
function cellEpilogue(plan: TransposedPlan, { strides, cut, output, count }: Cells): Epilogue {
  const { epilogue, outC } = plan;
  const { spec, operands, params, vector } = epilogue;
  return {
    spec: { ...spec, between: cellResults(strides, fewOf(plan)) },
    operands,
    vector: vector && outC % 4 === 0,
    params: {
      ...params,
      cut_h: cut[0],
      cut_w: cut[1],
      results_h: output[0],
      results_w: output[1],
      results_c: outC,
      per_line: 1 / count[1],
      per_image: 1 / count[0],
    },
  };
}

/** What is made of constants, by the window. */
const arranged = new WeakMap<Tensor, Map<string, Tensor>>();

/** Calls `make` once for each window that a constant is met in. */
function onceEach(source: Tensor, { group }: TransposedPlan, cells: Cells, make: () => Tensor): Tensor {
  const key = [cells.kernel, cells.strides, group].join();
  const known = arranged.get(source) ?? new Map<string, Tensor>();
  arranged.set(source, known);
  const tensor = known.get(key) ?? make();
  known.set(key, tensor);
  return tensor;
}

/** Some of the elements of a tensor, from one on. */
interface Part {
  readonly data: HostArray;
  readonly from: number;
}

/** Copies the channels of a phase to where the row from `row.from` on has them (shaders/lib/cells.ts). */
function spread(source: Part, row: Part, plan: TransposedPlan, phase: number, phases: number): void {
  const { group, groupOut } = plan;
  const quads = ceilDiv(groupOut, 4);
  const first = row.from + phase * (fewOf(plan) ?? 4);
  for (let q = 0; q < group * quads; q++) {
    const g = Math.floor(q / quads);
    const channel = g * groupOut + (q - g * quads) * 4;
    const end = Math.min(channel + 4, (g + 1) * groupOut);
    row.data.set(source.data.subarray(source.from + channel, source.from + end), first + q * phases * 4);
  }
}

/** `[…K, C, M]` → `[…seen, C, channels of all phases]`; zero where a phase has no such tap, and past the channels. */
function cellWeights(w: Tensor, plan: TransposedPlan, cells: Cells): Tensor {
  const { strides, seen } = cells;
  const { group, groupIn, outC } = plan;
  const width = group * packedOf(plan, cells);
  const phases = product(strides);
  const make = (): HostArray => {
    const data = hostArray(w.dtype, product(seen) * groupIn * width);
    const source = w.data;
    for (const { element, tap, phase } of cellTaps(cells)) {
      for (let c = 0; c < groupIn; c++) {
        const from = (element * groupIn + c) * outC;
        spread({ data: source, from }, { data, from: (tap * groupIn + c) * width }, plan, phase, phases);
      }
    }
    return data;
  };
  return onceEach(w, plan, cells, () => lazyTensor(w.dtype, [...seen, groupIn, width], make));
}

/** The bias, once for every phase. */
function cellBias(bias: Tensor, plan: TransposedPlan, cells: Cells): Tensor {
  const width = plan.group * packedOf(plan, cells);
  const phases = product(cells.strides);
  const make = (): HostArray => {
    const data = hostArray(bias.dtype, width);
    for (const phase of range(phases)) {
      spread({ data: bias.data, from: 0 }, { data, from: 0 }, plan, phase, phases);
    }
    return data;
  };
  return onceEach(bias, plan, cells, () => lazyTensor(bias.dtype, [width], make));
}

/** The convolution over cells, whose weights and bias are constants made of the node's; nothing where these are none. */
function cellConvolution(context: TransposedContext): ConvPlan | undefined {
  const { node, constant } = context;
  const [x, weights = '', biasName] = node.inputs;
  const plan = transposedPlan(context);
  const [source, bias] = [constant(weights), biasName ? constant(biasName) : undefined];
  const cells = plan && cellsOf(plan.axes);
  const conv = plan && cellPlan(plan);
  if (!source || !cells || !conv || (biasName && !bias)) return undefined;
  const tail = conv.epilogue.operands;
  const operands = bias ? tail.with(0, constantOperand(cellBias(bias, plan, cells), 'f32')) : tail;
  const w = cellWeights(source, plan, cells);
  return {
    ...conv,
    operands: [value(x), constantOperand(w, plan.wType)],
    weights: w,
    epilogue: { ...conv.epilogue, operands },
  };
}

function constantOperand(tensor: Tensor, storage: 'f32' | 'f16'): CallOperand {
  return { kind: 'constant', tensor, storage };
}

/** The strip of a convolution over cells: no wider than its channels. */
export function cellStrip({ groupOut }: ConvPlan, tile: StripTile): StripTile {
  return { ...tile, quads: Math.min(tile.quads, ceilDiv(groupOut, 4)) };
}

/** The dispatch by strips of cells in registers, with at most as many channels as the tile says. */
export function transposedStripCalls(
  context: TransposedContext,
  tile: StripTile,
): readonly TransposedCall[] | undefined {
  const plan = cellConvolution(context);
  return plan && stripCalls(context.device, cellStrip(plan, tile), plan);
}

/** The dispatch by tiles through workgroup memory, those of `WHOLE_SUMS`. */
export function transposedTiledCalls(
  context: TransposedContext,
  tile: TiledChoice,
): readonly TransposedCall[] | undefined {
  return tiledConvCalls(context.device, tile, cellConvolution(context));
}
