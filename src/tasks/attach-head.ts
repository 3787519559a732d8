/** The head that fits a model, added to its graph; it is loaded by tasks that read more than one score a class. */
import { BoxNodes } from '../heads/box-nodes.ts';
import { extendGraph } from '../heads/extend-graph.ts';
import { matchHead, type AddedNodes, type Head, type HeadOutput, type OpenedInput } from '../heads/head.ts';
import { asReals, dequantised } from '../heads/real-outputs.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import { compileGraph } from '../session/compile-graph.ts';
import type { Port } from '../session/feeds.ts';
import type { SessionOptions } from '../session/options.ts';
import { outputPorts } from '../session/ports.ts';
import { sameArray } from '../util/arrays.ts';
import { inputShape, type Preprocessing } from '../vision/picture-spec.ts';

/** What is known of a model before its head is. */
export interface HeadRequest {
  readonly heads: readonly Head[];
  /** The head's name, where somebody said it. */
  readonly decode: string | undefined;
  /** How many classes were named, if any were. */
  readonly classes: number | undefined;
  /** Extents that the caller gave. */
  readonly inputShapes: SessionOptions['inputShapes'];
  /** How pictures become an input, where `usual` is what such networks take if nobody knows better; by default the model's own. */
  readonly prepare: (usual?: Partial<Preprocessing>, input?: Port) => Preprocessing;
}

/** A model with its head. */
export interface AttachedHead extends AddedNodes {
  /** The head's name. */
  readonly decode: string;
  /** Names of the model's outputs that the head reads. */
  readonly read: readonly string[];
  readonly preprocessing: Preprocessing;
  /** The model's graph, and the head's nodes behind it. */
  readonly graph: Graph;
}

/** Finds the head and adds it. Rejects as `matchHead` and the passes do. */
export async function attachHead(given: Graph, only: GraphInput, request: HeadRequest): Promise<AttachedHead> {
  const { heads, decode } = request;
  const open = heads.map((head) => head.open).find((opens) => opens !== undefined);
  const opened = open?.(given, only) ?? { graph: given, input: only, feeds: {} };
  const prepare = (usual?: Partial<Preprocessing>): Preprocessing => request.prepare(usual, opened.input);
  const first = prepare();
  const likely = await outputsOf(opened, first, request);
  const { head } = matchHead(heads, asReals(likely, opened.graph), known(first, request), decode);
  const preprocessing = prepare(head.preprocessing);
  // What the head's own networks take may have other extents.
  const same = sameArray(inputShape(first), inputShape(preprocessing));
  const adapted = head.adapt?.(opened.graph, opened.input) ?? opened;
  const outputs = same && adapted === opened ? likely : await outputsOf(adapted, preprocessing, request);
  const { graph } = adapted;
  const { read, input: matched } = matchHead([head], asReals(outputs, graph), known(preprocessing, request), decode);
  let added: AddedNodes = { results: {}, feeds: {} };
  const extended = extendGraph(graph, (b) => {
    const real = read.map((output) => ({ ...output, name: dequantised(b, graph, outputs, output.name) }));
    added = head.attach(new BoxNodes(b), real, matched);
    for (const name of Object.values(added.results)) b.output(name);
  });
  const names = { decode: head.name, read: read.map(({ name }) => name) };
  return {
    ...added,
    feeds: { ...opened.feeds, ...adapted.feeds, ...added.feeds },
    ...names,
    preprocessing,
    graph: extended,
  };
}

function known({ width, height }: Preprocessing, { classes }: HeadRequest) {
  return { width, height, classes };
}

async function outputsOf(
  { graph, input }: OpenedInput,
  spec: Preprocessing,
  { inputShapes }: HeadRequest,
): Promise<HeadOutput[]> {
  const given = typeof inputShapes === 'function' ? inputShapes(graph.inputs) : inputShapes;
  const shapes = { [input.name]: inputShape(spec), ...given };
  const ports = outputPorts(await compileGraph(graph, { inputShapes: shapes, level: 'reference' }));
  return ports.map(({ name, dtype, shape }) => ({
    name,
    dtype,
    // An extent that depends on data is none that a head could count on.
    shape: shape.map((extent) => (typeof extent === 'number' ? extent : NaN)),
  }));
}
