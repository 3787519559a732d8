/**
 * What a file says of itself beside its graph: texts under names, and metadata in a flatbuffer of its own, which says what
 * inputs are to be normalised by and which of the files in the archive behind the model name its classes.
 */
import { ImportError } from '../../core/errors.ts';
import { shapeText } from '../../core/tensor.ts';
import type { Normalisation } from '../../ir/graph.ts';
import type { ModelFile } from '../importer.ts';
import { flatRoot, type FlatTable } from '../lib/flatbuffer.ts';
import type { PortNames } from './ports.ts';
import { readZipEntry } from './zip.ts';

/** What is known of a model beside its graph. */
export interface TfliteMetadata {
  readonly metadata: ReadonlyMap<string, string>;
  /** By the names of inputs. */
  readonly normalisations: ReadonlyMap<string, Normalisation>;
  readonly labels?: readonly string[];
  readonly warnings: readonly string[];
}

/** The buffer that holds the metadata flatbuffer. */
const METADATA = 'TFLITE_METADATA';

const SLOT = {
  model: { name: 0, description: 1, version: 2, subgraphs: 3, author: 4, license: 5, files: 6 },
  subgraph: { inputs: 2, outputs: 3, files: 4 },
  tensor: { name: 0, description: 1, units: 4, files: 6 },
  file: { name: 0, type: 2 },
  unit: { type: 0, options: 1 },
  normalisation: { mean: 0, deviation: 1 },
} as const;

/** The kind of a process unit that normalises. */
const NORMALISATION = 1;

/** Kinds of files that name classes: along an axis of a tensor, or by its values. Those of scores come first. */
const LABELS = [2, 3];

/** Bytes of a list of classes, and of a text, beyond which it is none. */
const MAX_LABELS = 2 ** 24;
const MAX_TEXT = 2 ** 12;

/** The subgraph that is the model. */
export interface DescribedSubgraph {
  readonly index: number;
  readonly names: PortNames;
  /** Extents of its outputs, negative where the file leaves them open. */
  readonly outputs: readonly (readonly number[])[];
}

/**
 * Reads what describes a subgraph. Texts that the file has of itself are under the names it gives them, normalisation is
 * also `mean of INPUT` and `std of INPUT`. What cannot be read or used is left out, and told in a warning: the model runs
 * without it.
 */
export async function readMetadata(
  buffers: ReadonlyMap<string, Uint8Array>,
  subgraph: DescribedSubgraph,
  file: ModelFile,
): Promise<TfliteMetadata> {
  const texts = [...buffers].flatMap(([name, bytes]): [string, string][] => {
    const text = name === METADATA ? undefined : textOf(bytes);
    return text === undefined ? [] : [[name, text]];
  });
  const unsaid = { metadata: new Map(texts), normalisations: new Map<string, Normalisation>() };
  const own = buffers.get(METADATA);
  if (!own) return { ...unsaid, warnings: [] };
  try {
    return await described(flatRoot(own, file.name, 'tflite'), new Map(texts), subgraph, file);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { ...unsaid, warnings: ['its metadata is damaged, and not read'] };
  }
}

/** A short text without control characters; undefined of what is none. Some writers fill it up with zeros. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_TEXT) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\0+$/, '');
    return /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

async function described(
  root: FlatTable,
  metadata: Map<string, string>,
  subgraph: DescribedSubgraph,
  file: ModelFile,
): Promise<TfliteMetadata> {
  const slot = SLOT.model;
  for (const field of ['name', 'description', 'version', 'author', 'license'] as const) {
    const text = root.string(slot[field], field);
    if (text !== '') metadata.set(field, text);
  }
  const table = root.tables(slot.subgraphs, 'subgraph metadata')[subgraph.index];
  const normalisations = new Map<string, Normalisation>();
  const warnings: string[] = [];
  const inputs = table?.tables(SLOT.subgraph.inputs, 'input metadata') ?? [];
  inputs.forEach((input, i) => {
    const name = subgraph.names.inputs[i] ?? input.string(SLOT.tensor.name, 'a name');
    const { mean, std } = normalisationOf(input);
    if (mean.length > 0) metadata.set(`mean of ${name}`, mean.join(', '));
    if (std.length > 0) metadata.set(`std of ${name}`, std.join(', '));
    if (isUsable({ mean, std })) normalisations.set(name, { mean, std });
    else if (mean.length + std.length > 0)
      warnings.push(`pictures cannot be normalised as it says of input "${name}": mean ${mean}, std ${std}`);
  });
  const { labels, warning } = await labelsOf(table, subgraph, file);
  return {
    metadata,
    normalisations,
    ...(labels ? { labels } : {}),
    warnings: warning === undefined ? warnings : [...warnings, warning],
  };
}

function normalisationOf(input: FlatTable): Normalisation {
  const unit = input
    .tables(SLOT.tensor.units, 'process unit')
    .find((entry) => entry.uint8(SLOT.unit.type) === NORMALISATION)
    ?.table(SLOT.unit.options, 'normalisation');
  const { mean, deviation } = SLOT.normalisation;
  return { mean: unit?.floats(mean, 'mean') ?? [], std: unit?.floats(deviation, 'std') ?? [] };
}

/** One number for all channels, or one for each of three. */
function isUsable({ mean, std }: Normalisation): boolean {
  const counts = [mean, std].map(({ length }) => length);
  return counts.every((n) => n === 1 || n === 3) && [...mean, ...std].every(Number.isFinite) && !std.includes(0);
}

/** The names of the classes of the first output that has any. */
async function labelsOf(
  table: FlatTable | undefined,
  { outputs }: DescribedSubgraph,
  file: ModelFile,
): Promise<{ readonly labels?: readonly string[]; readonly warning?: string }> {
  const files = (table?.tables(SLOT.subgraph.outputs, 'output metadata') ?? []).flatMap((output, i) =>
    output.tables(SLOT.tensor.files, 'associated file').map((entry) => ({ entry, extents: outputs[i] ?? [] })),
  );
  const [named] = LABELS.flatMap((type) => files.filter(({ entry }) => entry.int8(SLOT.file.type) === type));
  if (!named) return {};
  const path = named.entry.string(SLOT.file.name, 'a name');
  const bytes = await readZipEntry(file.bytes, path, MAX_LABELS);
  if (!bytes) return { warning: `the names of its classes ("${path}") cannot be read from the archive behind it` };
  const labels = linesOf(bytes);
  const alongAxis = named.entry.int8(SLOT.file.type) === LABELS[0];
  // A single class lies along the last axis: the extent of the batch is 1, too.
  const axes = labels.length === 1 ? named.extents.slice(-1) : named.extents;
  const fit = !alongAxis || axes.some((extent) => extent < 0 || extent === labels.length);
  if (labels.length > 0 && fit) return { labels };
  return { warning: `"${path}" names ${labels.length} classes, and its output is ${shapeText(named.extents)}` };
}

/** One label a line; blank ones at the end do not count. */
function linesOf(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).trimEnd();
  return text === '' ? [] : text.split(/\r?\n/);
}
