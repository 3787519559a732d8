/** Networks that see a picture and the mask of the frame before in one input of four channels: the input becomes two. */
import { tensorOf } from '../core/tensor.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import type { Graph, GraphInput, IntegerScale } from '../ir/graph.ts';
import { at } from '../util/arrays.ts';
import { extendGraph } from './extend-graph.ts';
import type { OpenedInput } from './head.ts';

/** Colours and the mask. */
const CHANNELS = 4;

/**
 * Of an input of four channels, `[1, h, w, 4]` or `[1, 4, h, w]`, a picture of three and the feed `mask`, float32 `[1, h, w, 1]`
 * or `[1, 1, h, w]`, 0…1; any other stays as it is.
 */
export function withMaskInput(graph: Graph, input: GraphInput): OpenedInput {
  const { shape, dtype, name } = input;
  const axis = channelAxis(shape);
  const stands = graph.scales?.get(name);
  const integers = dtype === 'int8' || dtype === 'uint8';
  if (axis < 0 || !(dtype === 'float32' || (integers && stands))) return { graph, input, feeds: {} };
  const part = (channels: number) => shape.map((extent, i) => (i === axis ? channels : extent));
  let [picture, mask] = ['', ''];
  const opened = extendGraph(
    graph,
    (b) => {
      picture = b.input(b.unique('picture'), dtype, part(CHANNELS - 1));
      mask = b.input(b.unique('mask'), 'float32', part(1));
      const held = integers && stands ? inIntegers(b, mask, dtype, stands) : mask;
      b.add('Concat', [picture, held], { axis }, { outputs: [name] });
      for (const output of graph.outputs) b.output(output);
    },
    [name],
  );
  const scales = stands && new Map([...(graph.scales ?? []), [picture, stands] as const]);
  const declared = { ...at(opened.inputs, 0), ...(stands ? { quantisation: stands } : {}) };
  return { graph: { ...opened, ...(scales ? { scales } : {}) }, input: declared, feeds: { mask } };
}

/** The axis of four channels; -1 where there is none, or the other one has the three of a picture. */
function channelAxis(shape: GraphInput['shape']): number {
  if (shape.length !== 4) return -1;
  const found = [3, 1].find((axis) => shape[axis] === CHANNELS && shape[4 - axis] !== CHANNELS - 1);
  return found ?? -1;
}

function inIntegers(b: GraphBuilder, mask: string, to: 'int8' | 'uint8', { scale, zeroPoint }: IntegerScale): string {
  const limits = [tensorOf('float32', [], [scale]), tensorOf(to, [], [zeroPoint])].map((x) => b.constant('scale', x));
  return b.one('QuantizeLinear', [mask, ...limits], { axis: 0, blockSize: 0, to, rounding: 'float-even' });
}
