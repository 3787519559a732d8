/** What enters and leaves a graph model: its signature, or else its placeholders and the nodes nothing reads. */
import { ImportError, UnsupportedError } from '../../../core/errors.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Shape } from '../../../core/tensor.ts';
import type { Dim, GraphInput, InputShapes } from '../../../ir/graph.ts';
import { own } from '../../../util/own.ts';
import { asObject, asString, field, isObject, type JsonObject } from '../json.ts';
import { NodeDefAttributes, dtypeOfNodeDef, parseRef, shapeOf, type TensorRef, type TfNode } from './graph-def.ts';

/** A graph input and the placeholder it stands for. */
export interface SignaturePort {
  /** The tensor's name as the model writes it, `Identity:0`. */
  readonly name: string;
  readonly ref: TensorRef;
  /** A TensorInfo's fields, where there is a signature. */
  readonly info: JsonObject;
  /** Named by the signature. */
  readonly listed: boolean;
  /** The shape the caller gives it. */
  readonly given?: Shape | undefined;
}

/** Inputs and outputs of the graph, in the model's order. */
export interface Ports {
  readonly inputs: readonly SignaturePort[];
  readonly outputs: readonly SignaturePort[];
}

/** Finds the ports, inputs with the shapes that the caller gives. Throws ImportError when the signature names a node that is not there. */
export function findPorts(
  nodes: ReadonlyMap<string, TfNode>,
  signature: JsonObject | undefined,
  inputShapes: InputShapes = {},
): Ports {
  const inputs = entries(signature, 'inputs', nodes);
  const outputs = entries(signature, 'outputs', nodes);
  const all = [...nodes.values()];
  const listed = new Set(inputs.map((i) => i.ref.node));
  // A placeholder without a default must be fed even where the signature leaves it out.
  const unlisted = all.filter((n) => n.op === 'Placeholder' && !listed.has(n.name));
  const read = new Set(all.flatMap((n) => n.inputs.map((i) => i.node)));
  const terminal = all.filter(
    (n) => !read.has(n.name) && n.op !== 'Const' && n.op !== 'NoOp' && n.op !== 'Placeholder',
  );
  return {
    inputs: [...inputs, ...unlisted.map(bare)].map((port) => ({ ...port, given: own(inputShapes, port.name) })),
    outputs: outputs.length > 0 ? outputs : terminal.map(bare),
  };
}

function bare({ name }: TfNode): SignaturePort {
  return { name, ref: { node: name, index: 0 }, info: {}, listed: false };
}

function entries(signature: JsonObject | undefined, side: string, nodes: ReadonlyMap<string, TfNode>): SignaturePort[] {
  const list = signature === undefined ? undefined : field(signature, side);
  if (!isObject(list)) return [];
  const ports = new Map<string, SignaturePort>();
  for (const [key, value] of Object.entries(list)) {
    const info = asObject(value, `signature.${side}.${key}`);
    const given = field(info, 'name');
    const name = given === undefined ? key : asString(given, `the name of signature.${side}.${key}`);
    const ref = parseRef(name);
    if (!nodes.has(ref.node)) {
      throw new ImportError(`the signature names "${name}", which is no node of the graph`, { format: 'tfjs-graph' });
    }
    ports.set(name, { name, ref, info, listed: true });
  }
  return [...ports.values()];
}

/** The ports as the file declares them, by name: outputs only where the signature says what they are. */
export function declaredPorts({ inputs, outputs }: Ports, nodes: ReadonlyMap<string, TfNode>): Map<string, GraphInput> {
  const declared = inputs.map((port) => graphInput(port, nodes.get(port.ref.node), inputs.length === 1));
  for (const { name, info } of outputs) {
    const dtype = dtypeOfNodeDef(field(info, 'dtype'));
    if (dtype) declared.push({ name, dtype, shape: shapeOf(field(info, 'tensorShape'), () => '') ?? [] });
  }
  return new Map(declared.map((port) => [port.name, port]));
}

/**
 * The extents of a port's tensor, unknown ones by names that `symbol` makes; of a rank that only the caller gives, all are.
 * Undefined where nobody says the rank.
 */
export function portShape(
  { info, given }: SignaturePort,
  node: TfNode | undefined,
  symbol: (axis: number) => string = String,
): Dim[] | undefined {
  const attribute = node && new NodeDefAttributes(node).shape('shape');
  const said = shapeOf(field(info, 'tensorShape'), symbol) ?? shapeOf(attribute, symbol);
  return said ?? given?.map((_, axis) => symbol(axis));
}

/**
 * The graph input of a port. An unknown extent becomes a symbol: `batch` for the outermost of the only input,
 * `<name>_dim<i>` otherwise. Throws UnsupportedError when the rank or dtype is unknown.
 */
export function graphInput(port: SignaturePort, node: TfNode | undefined, alone: boolean): GraphInput {
  const { name, ref, info } = port;
  const symbol = (axis: number): string => (alone && axis === 0 ? 'batch' : `${name}_dim${axis}`);
  const shape = portShape(port, node, symbol);
  const refuse = (what: string): never => {
    throw new UnsupportedError([{ node: ref.node, op: node?.op ?? 'input', what }], { format: 'tfjs-graph' });
  };
  if (!shape) return refuse(`an input of unknown rank, unless inputShapes has a shape for "${name}"`);
  const dtype: DType | undefined =
    dtypeOfNodeDef(field(info, 'dtype')) ?? (node && new NodeDefAttributes(node).dtype('dtype'));
  if (!dtype) return refuse('an input of a dtype that the engine does not hold');
  return { name, dtype, shape };
}
