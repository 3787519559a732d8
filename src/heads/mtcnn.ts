/**
 * The three networks of MTCNN (Zhang et al., arXiv:1604.02878), whose weights were trained on pictures with rows and columns
 * exchanged: in front of each the picture is turned, behind the first its maps are turned back. The second and the third look at
 * boxes of a picture, of which one run takes many.
 */
import type { GraphBuilder } from '../ir/builder.ts';
import type { Dim, Graph, GraphInput } from '../ir/graph.ts';
import { at } from '../util/arrays.ts';
import { tensorOf } from '../core/tensor.ts';
import { BoxNodes } from './box-nodes.ts';
import { extendGraph } from './extend-graph.ts';
import type { Head, HeadOutput, OpenedInput } from './head.ts';

/** Pixels, 0 to 255, become (pixel − 127.5) / 128. */
const MIDDLE = 127.5;
const DEVIATION = 128;

/** Numbers of a box: how far its sides lie from those that were looked at, in its extents. */
const SIDES = 4;
/** x of each of five points, then y of each, in extents of the box. */
const PLACES = 10;

/**
 * P-Net, of a whole picture of any size: the results `scores` `[1, 2, h, w]`, of background and face, and `offsets` `[1, 4, h, w]` of
 * x1, y1, x2, y2.
 */
export const MTCNN: Head = {
  name: 'mtcnn',
  reads: 'scores [1, 2, h, w] of background and face, and offsets of boxes [1, 4, h, w]',
  fits: (outputs) => {
    const read = [2, SIDES].map((channels) => outputs.find((output) => isMap(output, channels)));
    return complete(read, outputs);
  },
  preprocessing: {
    fit: 'stretch',
    resize: { method: 'area' },
    mean: [MIDDLE, MIDDLE, MIDDLE],
    std: [DEVIATION, DEVIATION, DEVIATION],
  },
  adapt: (graph, input) =>
    withInputs(graph, input, (b, picture) => ({ x: b.one('Transpose', [picture], { perm: [0, 1, 3, 2] }), feeds: {} })),
  attach: ({ builder }, read) => {
    const [scores = '', offsets = ''] = read.map(({ name }) =>
      builder.one('Transpose', [name], { perm: [0, 1, 3, 2] }),
    );
    return { results: { scores, offsets }, feeds: {} };
  },
};

/** R-Net, of boxes: the results `scores` `[R, 2]` and `offsets` `[R, 4]`. */
const R_NET = boxHead('mtcnn-rnet', 'scores [R, 2] and offsets of boxes [R, 4]', { scores: 2, offsets: SIDES });

/** O-Net, of boxes: `points` `[R, 10]`, too. */
const O_NET = boxHead('mtcnn-onet', 'scores [R, 2], offsets of boxes [R, 4] and points [R, 10]', {
  scores: 2,
  offsets: SIDES,
  points: PLACES,
});

/** What reads the second network, and the third. */
export const MTCNN_HEADS = { rnet: [R_NET], onet: [O_NET] } as const satisfies Record<string, readonly Head[]>;

/** A network of boxes, whose results have so many numbers a box. */
function boxHead(name: string, reads: string, columns: Readonly<Record<string, number>>): Head {
  return {
    name,
    reads,
    fits: (outputs) => {
      const read = Object.values(columns).map((count) => outputs.find((output) => isTable(output, count)));
      return complete(read, outputs);
    },
    // The network's own way stands behind the boxes: beyond the picture they are black.
    preprocessing: { fit: 'stretch', resize: { method: 'area' }, mean: [0, 0, 0], std: [1, 1, 1] },
    adapt: (graph, input) => withInputs(graph, input, (b, picture) => cutBoxes(b, picture, input.shape)),
    attach: (_nodes, read) => ({
      results: Object.fromEntries(Object.keys(columns).map((what, i) => [what, at(read, i).name])),
      feeds: {},
    }),
  };
}

function isMap({ dtype, shape }: HeadOutput, channels: number): boolean {
  return dtype === 'float32' && shape.length === 4 && shape[0] === 1 && shape[1] === channels;
}

function isTable({ dtype, shape }: HeadOutput, columns: number): boolean {
  return dtype === 'float32' && shape.length === 2 && shape[1] === columns;
}

/** Outputs that were found, if none is missing or left over. */
function complete(read: readonly (HeadOutput | undefined)[], outputs: readonly HeadOutput[]) {
  const found = read.filter((output) => output !== undefined);
  return found.length === read.length && found.length === outputs.length ? found : undefined;
}

/** What a network's input is made of, and the inputs beside the picture. */
interface MadeInput {
  readonly x: string;
  readonly feeds: Readonly<Record<string, string>>;
}

/** The graph with a picture of any size, and whatever `make` declares, in place of its input. */
function withInputs(
  graph: Graph,
  { name, dtype, shape }: GraphInput,
  make: (b: GraphBuilder, picture: string) => MadeInput,
): OpenedInput {
  let feeds: MadeInput['feeds'] = {};
  const opened = extendGraph(
    graph,
    (b) => {
      const picture = b.input(b.unique('picture'), dtype, shape);
      const made = make(b, picture);
      feeds = made.feeds;
      b.add('Identity', [made.x], {}, { outputs: [name] });
      for (const output of graph.outputs) b.output(output);
    },
    [name],
  );
  const inputs = opened.inputs.map((input) => ({ ...input, suggested: true as const }));
  return { graph: { ...opened, inputs }, input: at(inputs, 0), feeds };
}

/** Boxes `[R, 4]` of a picture `[1, 3, h, w]` of 0 to 255, as the network sees them: what lies beyond the picture is black. */
function cutBoxes(b: GraphBuilder, picture: string, shape: readonly Dim[]): MadeInput {
  const nodes = new BoxNodes(b);
  const boxes = b.input(b.unique('boxes'), 'float32', [1, 4]);
  const counted = b.one('Slice', [b.one('Shape', [boxes], {}), ...[0, 1].map((v) => b.ints('count', [v]))], {});
  const images = b.one('ConstantOfShape', [counted], { dtype: 'int64', value: 0 });
  const [rows, columns] = [Number(shape[3]), Number(shape[2])];
  const pixels = b.one('Transpose', [picture], { perm: [0, 2, 3, 1] });
  const cut = b.one('RoiAlign', [pixels, boxes, images], {
    mode: 'avg',
    outputHeight: rows,
    outputWidth: columns,
    samplingRatio: 0,
    spatialScale: 1,
    coordinateMode: 'half_pixel',
  });
  const centred = nodes.binary('sub', cut, b.constant('middle', tensorOf('float32', [], [MIDDLE])));
  const scaled = nodes.binary('mul', centred, nodes.scalar(1 / DEVIATION));
  // Channels first, and rows and columns exchanged.
  return { x: b.one('Transpose', [scaled], { perm: [0, 3, 2, 1] }), feeds: { boxes } };
}
