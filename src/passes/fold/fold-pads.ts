/** Padding before a convolution or an average pool becomes padding of its window: one copy of the map fewer. */
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { rewrite, type Rewriter } from '../lib/rewriter.ts';

/**
 * Folds a constant Pad of spatial extents by what stands for zero into the Conv, QLinearConv or AveragePool that reads it. An
 * average pool then counts its pads, as it counted the zeros; one that already pads does not count those, so it stays.
 */
export function foldPads(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (node.op !== 'Conv' && node.op !== 'QLinearConv' && node.op !== 'AveragePool') return undefined;
  const pad = rewriter.producerOf(node.inputs[0], 'Pad');
  const zero = node.op === 'QLinearConv' ? rewriter.constant(node.inputs[2])?.data[0] : 0;
  const added = pad && spatialPads(pad, zero, rewriter);
  if (!pad || !added || node.attributes.padMode !== 'explicit') return undefined;
  const pads = node.attributes.pads.map((own, i) => own + (added[i] ?? 0));
  const inputs = [pad.inputs[0] ?? '', ...node.inputs.slice(1)];
  if (node.op === 'Conv') return rewriter.add('Conv', inputs, { ...node.attributes, pads }, node);
  if (node.op === 'QLinearConv') return rewriter.add(node.op, inputs, { ...node.attributes, pads }, node);
  const { ceilMode, kernel, dilations } = node.attributes;
  // A window wholly inside the padding is not defined for a pool.
  const reaches = pads.every(
    (p, i) => p <= ((kernel[i % kernel.length] ?? 1) - 1) * (dilations[i % kernel.length] ?? 1),
  );
  if (ceilMode || !reaches || node.attributes.pads.some((p) => p > 0)) return undefined;
  return rewriter.add('AveragePool', inputs, { ...node.attributes, pads, countIncludePad: true }, node);
}

/** The spatial begins, then ends, of a Pad that only adds `zero` around the maps; undefined for any other. */
function spatialPads(pad: NodeOf<'Pad'>, zero: number | undefined, rewriter: Rewriter): readonly number[] | undefined {
  const pads = rewriter.constant(pad.inputs[1]);
  const value = pad.inputs[2] ? rewriter.constant(pad.inputs[2])?.data[0] : 0;
  if (pad.attributes.mode !== 'constant' || !pads || value === undefined || value !== zero) return undefined;
  const amounts = Array.from(pads.data);
  const rank = amounts.length / 2;
  const [begins, ends] = [amounts.slice(0, rank), amounts.slice(rank)];
  const others = [begins[0], ends[0], begins.at(-1), ends.at(-1)];
  if (others.some((n) => n !== 0) || amounts.some((n) => n < 0)) return undefined;
  return [...begins.slice(1, -1), ...ends.slice(1, -1)];
}
