/**
 * What a file says of itself beside its graph: texts under names, and metadata in a flatbuffer of its own, which says what
 * inputs are to be normalised by and which of the files in the archive behind the model name its classes.
 */
import { ImportError } from '../../core/errors.ts';
import type { ModelFile } from '../importer.ts';
import { flatRoot, type FlatTable } from '../lib/flatbuffer.ts';
import type { PortNames } from './ports.ts';
import { readZipEntry } from './zip.ts';

/** What is known of a model beside its graph. */
export interface TfliteMetadata {
  readonly metadata: ReadonlyMap<string, string>;
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

/**
 * Reads what describes a subgraph. Texts that the file has of itself are under the names it gives them; normalisation is
 * `mean of INPUT` and `std of INPUT`. What cannot be read is left out, and told in a warning: the model runs without it.
 */
export async function readMetadata(
  buffers: ReadonlyMap<string, Uint8Array>,
  subgraph: number,
  names: PortNames,
  file: ModelFile,
): Promise<TfliteMetadata> {
  const texts = [...buffers].flatMap(([name, bytes]): [string, string][] => {
    const text = name === METADATA ? undefined : textOf(bytes);
    return text === undefined ? [] : [[name, text]];
  });
  const own = buffers.get(METADATA);
  if (!own) return { metadata: new Map(texts), warnings: [] };
  try {
    return await described(flatRoot(own, file.name, 'tflite'), new Map(texts), { subgraph, names, file });
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { metadata: new Map(texts), warnings: ['its metadata is damaged, and not read'] };
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
  { subgraph, names, file }: { subgraph: number; names: PortNames; file: ModelFile },
): Promise<TfliteMetadata> {
  const slot = SLOT.model;
  for (const field of ['name', 'description', 'version', 'author', 'license'] as const) {
    const text = root.string(slot[field], field);
    if (text !== '') metadata.set(field, text);
  }
  const table = root.tables(slot.subgraphs, 'subgraph metadata')[subgraph];
  const inputs = table?.tables(SLOT.subgraph.inputs, 'input metadata') ?? [];
  inputs.forEach((input, i) => {
    const name = names.inputs[i] ?? input.string(SLOT.tensor.name, 'a name');
    for (const [field, text] of normalisationOf(input)) metadata.set(`${field} of ${name}`, text);
  });
  const outputs = table?.tables(SLOT.subgraph.outputs, 'output metadata') ?? [];
  const files = outputs.flatMap((output) => output.tables(SLOT.tensor.files, 'associated file'));
  const named = LABELS.flatMap((type) => files.filter((entry) => entry.int8(SLOT.file.type) === type))[0];
  if (!named) return { metadata, warnings: [] };
  const path = named.string(SLOT.file.name, 'a name');
  const bytes = await readZipEntry(file.bytes, path, MAX_LABELS);
  if (!bytes)
    return { metadata, warnings: [`the names of its classes ("${path}") cannot be read from the archive behind it`] };
  return { metadata, labels: linesOf(bytes), warnings: [] };
}

function normalisationOf(input: FlatTable): [string, string][] {
  const unit = input
    .tables(SLOT.tensor.units, 'process unit')
    .find((entry) => entry.uint8(SLOT.unit.type) === NORMALISATION)
    ?.table(SLOT.unit.options, 'normalisation');
  const { mean, deviation } = SLOT.normalisation;
  const lists = unit ? [unit.floats(mean, 'mean'), unit.floats(deviation, 'std')] : [];
  return lists.flatMap((values, i): [string, string][] =>
    values.length > 0 ? [[['mean', 'std'][i] ?? '', values.join(', ')]] : [],
  );
}

/** One label a line. */
function linesOf(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
