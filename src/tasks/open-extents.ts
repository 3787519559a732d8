/** Which extents of a network's inputs are open: those that a file only suggests, where shapes follow from others as well. */
import { TilewiseError } from '../core/errors.ts';
import type { Dim, Graph, GraphInput } from '../ir/graph.ts';
import { compileGraph } from '../session/compile-graph.ts';

/** How the dimensions of pictures are called. */
const OF_PICTURES = ['N', 'C', 'H', 'W'] as const;

/** One dimension of an input. */
interface Place {
  readonly input: string;
  readonly axis: number;
}

/**
 * The graph with names for the extents that its file only suggests and that may be others; those that something else fixes stay as
 * suggested, and so do all where these together do not go. Each was tried with twice as much, of which as many halves are whole.
 */
export async function withOpenExtents(graph: Graph, signal?: AbortSignal): Promise<Graph> {
  if (!graph.inputs.some(({ suggested }) => suggested)) return graph;
  const places = graph.inputs.flatMap(({ name, shape, suggested, fixed = [] }) => {
    const isOpen = (extent: Dim, axis: number): boolean => Number(extent) > 0 && !fixed.includes(axis);
    return suggested ? shape.flatMap((extent, axis) => (isOpen(extent, axis) ? [{ input: name, axis }] : [])) : [];
  });
  const open: Place[] = [];
  for (const place of places) if (await goes(graph, [place], signal)) open.push(place);
  const isOpen = open.length > 0 && (await goes(graph, open, signal));
  return withInputs(graph, isOpen ? open : [], ({ name, shape }, axis) => nameOf(graph, name, shape.length, axis));
}

/** Whether shapes follow where these extents are twice what they are. */
async function goes(graph: Graph, places: readonly Place[], signal: AbortSignal | undefined): Promise<boolean> {
  const larger = withInputs(graph, places, ({ shape }, axis) => 2 * Number(shape[axis]));
  try {
    await compileGraph(larger, { level: 'reference' }, signal);
    return true;
  } catch (error) {
    if (error instanceof TilewiseError) return false;
    throw error;
  }
}

/** The graph with other extents at these places; nothing is suggested any more. */
function withInputs(graph: Graph, places: readonly Place[], extent: (input: GraphInput, axis: number) => Dim): Graph {
  const inputs = graph.inputs.map(({ suggested: _suggested, ...input }) => {
    const axes = new Set(places.filter((place) => place.input === input.name).map(({ axis }) => axis));
    return { ...input, shape: input.shape.map((own, axis) => (axes.has(axis) ? extent(input, axis) : own)) };
  });
  return { ...graph, inputs };
}

function nameOf({ inputs }: Graph, input: string, rank: number, axis: number): string {
  const own = (rank === OF_PICTURES.length ? OF_PICTURES[axis] : undefined) ?? `D${axis}`;
  return inputs.length === 1 ? own : `${input}_${own}`;
}
