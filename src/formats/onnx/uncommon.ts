/**
 * What few models have: functions of their own, branches, loops, lists of tensors, outputs that are no tensors, data in other files, element types that the
 * engine does not hold, inputs that nothing reads, metadata of the engine's own. A model with some of it is brought to the form
 * of those without.
 */
import type { Unsupported } from '../../core/errors.ts';
import { own } from '../../util/own.ts';
import type { ImportOptions, ModelFiles } from '../importer.ts';
import { withoutSubgraphs } from './control-flow.ts';
import { attachExternal } from './external.ts';
import { withoutCalls } from './functions.ts';
import { withTensorOutputs } from './heads.ts';
import { readOddConstants } from './odd-types.ts';
import { Lacks } from './lacks.ts';
import { ONNX_OPERATORS } from './operators.ts';
import type { GraphProto, ModelProto, ValueInfoProto } from './proto.ts';
import { withOwnMetadata } from './own-metadata.ts';
import { readPart, type ReadPart } from './read-part.ts';
import { withoutLists } from './sequences.ts';
import { dataTypeName, dtypeOfTensor } from './tensor.ts';

/** The part of the model's graph that its outputs depend on. Rejects as `Importer.load` does. */
export async function readUncommon(
  model: ModelProto,
  graph: GraphProto,
  files: ModelFiles,
  options: ImportOptions = {},
): Promise<ReadPart> {
  const file = files.main.name;
  const warnings: string[] = [];
  const further = await ONNX_OPERATORS.further.load();
  const whole = model.functions.length > 0 ? withoutCalls(graph, model, file) : graph;
  const flat = withoutSubgraphs(whole, model.opsets.get('') ?? 1);
  const plain = withoutLists(flat, files.main.bytes, file, options);
  const part = readPart(withTensorOutputs(plain.graph, (op) => Object.hasOwn(further, op), warnings));
  const constants = part.nodes.flatMap(({ attributes }) => attributes.flatMap(({ t }) => t ?? []));
  const external = [...part.initializers, ...constants].filter((t) => t.external);
  if (external.length > 0) await attachExternal(external, files);
  const { inputs, unsupported } = readInputs(part, warnings, options);
  const read = readOddConstants(part, file);
  return {
    ...part,
    ...read,
    inputs,
    unsupported: [...plain.unsupported, ...unsupported, ...read.unsupported],
    warnings,
    complete: (imported) => withOwnMetadata(imported, model.metadata),
    ...(flat === whole ? {} : { lacks: new Lacks() }),
  };
}

/**
 * The inputs that the engine holds; those that nothing reads may be of any type, and `warnings` names them. Those without a
 * shape have as many dimensions as the caller's shape.
 */
function readInputs(
  part: ReadPart,
  warnings: string[],
  { inputShapes }: ImportOptions,
): { inputs: ValueInfoProto[]; unsupported: Unsupported[] } {
  const unsupported: Unsupported[] = [];
  const shapes = typeof inputShapes === 'function' ? {} : (inputShapes ?? {});
  const ranked = part.inputs.map((input): ValueInfoProto => {
    const given: unknown = own(shapes, input.name);
    if (input.dims || !Array.isArray(given)) return input;
    return { ...input, dims: given.map(() => ({ value: undefined, param: '' })) };
  });
  const inputs = ranked.filter((input) => {
    const what = problemOf(input);
    if (what === undefined) return true;
    if (part.read.has(input.name)) unsupported.push({ node: input.name, op: 'input', what });
    else warnings.push(`input "${input.name}" (${what}) is left out: nothing reads it`);
    return false;
  });
  return { inputs, unsupported };
}

function problemOf({ other, elemType, dims }: ValueInfoProto): string | undefined {
  if (other !== undefined) return other;
  if (!dtypeOfTensor(elemType)) return dataTypeName(elemType);
  return dims ? undefined : 'no shape is declared: inputShapes can give one';
}
