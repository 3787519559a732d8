/**
 * Lists of tensors at the border of a model. An input `x` that is one becomes the inputs `x/0`, `x/1` … of which the caller gives
 * the shapes, and what makes a list of them; an output stays one, which compiling takes apart the same way.
 */
import type { Unsupported } from '../../core/errors.ts';
import { own } from '../../util/own.ts';
import type { ImportOptions } from '../importer.ts';
import { ProtoReader, type MessageSchema } from '../lib/protobuf.ts';
import type { GraphProto, NodeProto, ValueInfoProto } from './proto.ts';
import { dtypeOfTensor } from './tensor.ts';

/** The element type of the tensors of a list, 0 of what is none. */
interface ListInfo {
  name: string;
  elemType: number;
}

const TENSOR_TYPE: MessageSchema<ListInfo> = { 1: (v, r) => (v.elemType = r.int()) };
const TYPE: MessageSchema<ListInfo> = { 1: (v, r) => r.message(TENSOR_TYPE, v) };
const SEQUENCE_TYPE: MessageSchema<ListInfo> = { 1: (v, r) => r.message(TYPE, v) };
const VALUE_TYPE: MessageSchema<ListInfo> = { 4: (v, r) => r.message(SEQUENCE_TYPE, v) };
const VALUE: MessageSchema<ListInfo> = {
  1: (v, r) => (v.name = r.string()),
  2: (v, r) => r.message(VALUE_TYPE, v),
};
const GRAPH: MessageSchema<Map<string, number>> = { 11: addInfo, 12: addInfo };
const MODEL: MessageSchema<Map<string, number>> = { 7: (types, r) => r.message(GRAPH, types) };

function addInfo(types: Map<string, number>, r: ProtoReader): void {
  const { name, elemType } = r.message(VALUE, { name: '', elemType: 0 });
  if (elemType > 0) types.set(name, elemType);
}

/** What the lists at the border are in the graph. */
export interface WithoutLists {
  readonly graph: GraphProto;
  readonly unsupported: readonly Unsupported[];
}

/**
 * The graph without inputs that are lists of tensors, and with outputs that are of no kind. A list has as many tensors as
 * `inputShapes` has shapes for; it is refused where there are no `inputShapes`, or these are a function. `bytes` are the file's.
 */
export function withoutLists(
  graph: GraphProto,
  bytes: Uint8Array,
  file: string,
  { inputShapes }: ImportOptions,
): WithoutLists {
  if (![...graph.inputs, ...graph.outputs].some(isList)) return { graph, unsupported: [] };
  const types = new ProtoReader(bytes, file).root(MODEL, new Map<string, number>());
  const shapes = typeof inputShapes === 'function' ? undefined : inputShapes;
  const unsupported: Unsupported[] = [];
  const nodes: NodeProto[] = [];
  const inputs = graph.inputs.flatMap((input) => {
    const { name } = input;
    const elemType = types.get(name) ?? 0;
    if (!isList(input) || !dtypeOfTensor(elemType)) return [input];
    const elements = shapes ? elementsOf(name, elemType, shapes) : [];
    if (!shapes) {
      const what = `a list of tensors: inputShapes must give the shape of each, as "${name}/0", "${name}/1" …`;
      unsupported.push({ node: name, op: 'input', what });
    }
    nodes.push(listOf(name, elements));
    return elements;
  });
  const outputs = graph.outputs.map((output) =>
    isList(output) && types.has(output.name) ? { ...output, other: undefined, elemType: 0, dims: undefined } : output,
  );
  return { graph: { ...graph, inputs, outputs, nodes: [...nodes, ...graph.nodes] }, unsupported };
}

function isList({ other }: ValueInfoProto): boolean {
  return other === 'sequence';
}

function elementsOf(name: string, elemType: number, shapes: Readonly<Record<string, unknown>>): ValueInfoProto[] {
  const elements: ValueInfoProto[] = [];
  for (;;) {
    const element = `${name}/${elements.length}`;
    const shape = own(shapes, element);
    if (!Array.isArray(shape)) return elements;
    const dims = shape.map(() => ({ value: undefined, param: '' }));
    elements.push({ name: element, elemType, dims, other: undefined });
  }
}

function listOf(name: string, elements: readonly ValueInfoProto[]): NodeProto {
  const inputs = elements.map((element) => element.name);
  return { name, op: 'SequenceConstruct', domain: '', overload: '', inputs, outputs: [name], attributes: [] };
}
