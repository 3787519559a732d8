/** What enters and leaves a subgraph, and what its tensors are called: as a signature says, else as the file calls them. */
import { ImportError, InputError, type Unsupported } from '../../core/errors.ts';
import type { Dim, GraphInput } from '../../ir/graph.ts';
import { at } from '../../util/arrays.ts';
import { nearest } from '../../util/nearest-name.ts';
import type { CalledTensor, Signature, Subgraph } from './model.ts';
import { dtypeOfTflite, type TfliteTensor } from './tensor.ts';

/** The name of a signature whose subgraph is the model, whatever others there are. */
const SERVING = 'serving_default';

/**
 * The signature to be read by, if there is any, and its subgraph; of those with the name `wanted` the first, as LiteRT does. Throws
 * InputError where there is none of this name.
 */
export function chosenSignature(
  signatures: readonly Signature[],
  wanted: string | undefined,
  file: string,
): { signature: Signature | undefined; subgraph: number } {
  const called = (name: string): Signature | undefined => signatures.find(({ key }) => key === name);
  const signature =
    wanted === undefined
      ? (called(SERVING) ?? signatures.find(({ subgraph }) => subgraph === 0))
      : (called(wanted) ?? refuseSignature(wanted, keysOf(signatures), file));
  return { signature, subgraph: signature?.subgraph ?? 0 };
}

/** The names of signatures, each once. */
export function keysOf(signatures: readonly Signature[]): string[] {
  return [...new Set(signatures.map(({ key }) => key))];
}

function refuseSignature(wanted: string, keys: readonly string[], file: string): never {
  if (keys.length === 0) {
    throw new InputError(`the file has no signatures, and "${wanted}" was asked for`, {
      file,
      hint: 'Leave the option out: its first subgraph is what runs',
    });
  }
  const meant = nearest(wanted, keys);
  const suggestion = meant === undefined ? '' : `: did you mean "${meant}"?`;
  throw new InputError(`the file has no signature "${wanted}"${suggestion}`, {
    file,
    hint: `Its signatures are ${keys.map((key) => `"${key}"`).join(', ')}`,
  });
}

/** Names for the tensors of a subgraph, and for its outputs, no two alike. */
export interface PortNames {
  /** By index of the tensor. */
  readonly tensors: readonly string[];
  readonly inputs: readonly string[];
  /** What each output leaves by: its tensor's name, or another where that has one already, being an input, say. */
  readonly outputs: readonly string[];
}

/** Throws ImportError where a signature names a tensor that the subgraph does not have. */
export function checkSignature({ tensors }: Subgraph, { key, inputs, outputs }: Signature): void {
  const bad = [...inputs, ...outputs].find(({ tensor }) => tensor >= tensors.length);
  if (!bad) return;
  throw new ImportError(`signature "${key}" calls tensor ${bad.tensor} of ${tensors.length} "${bad.name}"`, {
    format: 'tflite',
  });
}

/** The names that a signature has for each tensor. */
function byTensor(ports: readonly CalledTensor[] = []): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const { tensor, name } of ports) {
    const list = names.get(tensor);
    if (list) list.push(name);
    else names.set(tensor, [name]);
  }
  return names;
}

/** Finds the names. What the signature calls an input or output comes before what the file calls its tensors. */
export function namesOf({ tensors, inputs, outputs }: Subgraph, signature: Signature | undefined): PortNames {
  const taken = new Map<string, number>();
  const unique = (stem: string): string => {
    let [name, suffix] = [stem, taken.get(stem) ?? 0];
    while (taken.has(name)) name = `${stem}_${++suffix}`;
    taken.set(stem, suffix);
    taken.set(name, taken.get(name) ?? 0);
    return name;
  };
  const known = new Map<number, string>();
  const stem = (index: number): string => at(tensors, index).name || `tensor_${index}`;
  const called = { inputs: byTensor(signature?.inputs), outputs: byTensor(signature?.outputs) };
  for (const index of inputs) {
    if (!known.has(index)) known.set(index, unique(called.inputs.get(index)?.[0] ?? stem(index)));
  }
  // A tensor may leave several times, under as many names.
  const times = new Map<number, number>();
  const outputNames = outputs.map((index) => {
    const before = known.get(index);
    const time = times.get(index) ?? 0;
    times.set(index, time + 1);
    const wanted = called.outputs.get(index)?.[time];
    if (time === 0 && before !== undefined && (wanted ?? before) === before) return before;
    const name = unique(wanted ?? stem(index));
    if (before === undefined) known.set(index, name);
    return name;
  });
  const names = tensors.map(({ index }) => known.get(index) ?? unique(stem(index)));
  return { tensors: names, inputs: inputs.map((index) => at(names, index)), outputs: outputNames };
}

/** Extents of a tensor, unknown ones by the names that `symbol` makes. */
function extentsOf({ signature }: TfliteTensor, symbol: (axis: number) => string): Dim[] {
  return signature.map((extent, axis) => (extent < 0 ? symbol(axis) : extent));
}

/**
 * The graph's inputs: an extent that is not known becomes a symbol, `batch` for the outermost of the only input,
 * `<name>_dim<i>` otherwise. `refused` names those of a type that the engine does not hold.
 */
export function graphInputs(
  { tensors, inputs }: Subgraph,
  names: PortNames,
): { readonly held: readonly GraphInput[]; readonly refused: readonly Unsupported[] } {
  const refused: Unsupported[] = [];
  const held = [...new Set(inputs)].flatMap((index): GraphInput[] => {
    const [tensor, name] = [at(tensors, index), at(names.tensors, index)];
    const dtype = dtypeOfTflite(tensor.type);
    if (!dtype) refused.push({ node: name, op: 'input', what: `${tensor.type} elements` });
    const symbol = (axis: number): string => (inputs.length === 1 && axis === 0 ? 'batch' : `${name}_dim${axis}`);
    return dtype ? [{ name, dtype, shape: extentsOf(tensor, symbol) }] : [];
  });
  return { held, refused };
}

/** Inputs and outputs as the file declares them, by name. */
export function subgraphPorts(
  { tensors, outputs }: Subgraph,
  names: PortNames,
  inputs: readonly GraphInput[],
): Map<string, GraphInput> {
  const leaving = outputs.flatMap((index, i): GraphInput[] => {
    const tensor = at(tensors, index);
    const dtype = dtypeOfTflite(tensor.type);
    return dtype ? [{ name: at(names.outputs, i), dtype, shape: extentsOf(tensor, () => '') }] : [];
  });
  return new Map([...inputs, ...leaving].map((port) => [port.name, port]));
}
