/** What a graph says for whoever feeds and reads it, as entries of an ONNX file's metadata: written, and read back. */
import type { Graph, Normalisation } from '../../ir/graph.ts';
import { own } from '../../util/own.ts';

const LABELS = 'tilewise.labels';
const PREPARATION = 'tilewise.preparation';

/** The entries: names of the classes as a JSON list, and how pictures become inputs, as a JSON object by the inputs' names. */
export function metadataOf({ labels, inputs }: Graph): [string, string][] {
  const prepared = inputs.flatMap(({ name, normalisation, preparation }) => {
    const said = { ...(normalisation ? ofChannels(normalisation) : {}), ...preparation };
    return Object.keys(said).length > 0 ? [[name, said] as const] : [];
  });
  const entries: [string, string][] = [];
  if (labels) entries.push([LABELS, JSON.stringify(labels)]);
  if (prepared.length > 0) entries.push([PREPARATION, JSON.stringify(Object.fromEntries(prepared))]);
  return entries;
}

/** A preparation has a number for each of three channels, where a file may have one for all. */
function ofChannels({ mean, std }: Normalisation): Normalisation {
  return { mean: three(mean), std: three(std) };
}

function three(values: readonly number[]): readonly number[] {
  return [0, 1, 2].map((i) => values[i] ?? values[0] ?? 0);
}

/** The graph with what such entries say; one that is damaged says nothing. */
export function withOwnMetadata(graph: Graph, metadata: ReadonlyMap<string, string>): Graph {
  const labels = parsed(metadata.get(LABELS));
  const named = Array.isArray(labels) && labels.every((label) => typeof label === 'string') ? { labels } : {};
  const preparations = Object(parsed(metadata.get(PREPARATION))) as Readonly<Record<string, unknown>>;
  const inputs = graph.inputs.map((input) => {
    const preparation = own(preparations, input.name);
    return Object(preparation) === preparation
      ? { ...input, preparation: preparation as Readonly<Record<string, unknown>> }
      : input;
  });
  return { ...graph, inputs, ...named };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
