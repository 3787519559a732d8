/** From what a caller hands over to a graph: files, their format, its importer; with the stages reported and timed. */
import { checkChoices, detect } from '../formats/detect.ts';
import type { Graph } from '../ir/graph.ts';
import { isGraph, toModelFiles, type ModelSource } from './model-source.ts';
import type { SessionOptions } from './options.ts';
import { ByteCount } from './byte-count.ts';
import type { LoadingProgress } from './progress.ts';
import type { LoadReport } from './report.ts';

/** A model as it was read. */
export type ImportedSource = { readonly graph: Graph } & Pick<
  LoadReport,
  'format' | 'warnings' | 'downloadMs' | 'parseMs'
>;

/** From a model's graph to the one that runs in its place. */
export type AdaptGraph = (graph: Graph) => Promise<Graph>;

/** What counts of a session's options here. */
type SourceSettings = Pick<
  SessionOptions,
  'signal' | 'allowHosts' | 'inputShapes' | 'rounding' | 'signature' | 'weights'
> & {
  readonly adapt?: AdaptGraph | undefined;
};

/** Is given what makes a graph without its weights, where the format can. */
type EarlySketch = (sketch: () => Promise<Graph> | undefined) => void;

/** Weights that take longer than this to come leave time to compile the shaders before they are there. */
const SKETCH_AFTER_MS = 30;

/**
 * Reads a model; a Graph built by hand is taken as it is. `early` is called once when the weights are late in coming, with what
 * gives the graph without them, where the format can. Rejects as `toModelFiles`, the importers and `adapt` do.
 */
export async function importSource(
  source: ModelSource | Graph,
  { adapt, ...options }: SourceSettings,
  progress: LoadingProgress,
  early: EarlySketch,
): Promise<ImportedSource> {
  const read = await readSource(source, options, progress, early);
  return adapt ? { ...read, graph: await adapt(read.graph) } : read;
}

async function readSource(
  source: ModelSource | Graph,
  options: SourceSettings,
  progress: LoadingProgress,
  early: EarlySketch,
): Promise<ImportedSource> {
  const { signal, allowHosts, weights } = options;
  if (isGraph(source)) {
    await checkChoices(undefined, options);
    return { graph: source, format: 'graph', warnings: [], downloadMs: 0, parseMs: 0 };
  }
  const start = performance.now();
  progress.tell('download');
  const bytes = new ByteCount(progress);
  const settings = { signal, onBytes: bytes.moved, allowHosts };
  const network = await toModelFiles(source, settings);
  const importer = await detect(network.main);
  await checkChoices(importer, options);
  const files = weights === undefined ? network : { ...network, weights: (await toModelFiles(weights, settings)).main };
  const downloaded = performance.now();
  // Where most of the bytes are in further files, these are still to come.
  if (!importer.sketch) progress.tell('parse');
  const late = setTimeout(() => early(() => importer.sketch?.(files.main, options)), SKETCH_AFTER_MS);
  try {
    const { graph, warnings = [] } = await importer.load(bytes.counted(files), options);
    const times = { downloadMs: downloaded - start, parseMs: performance.now() - downloaded };
    return { graph, format: importer.format, warnings, ...times };
  } finally {
    clearTimeout(late);
  }
}
