/** Reads a GraphDef in protobuf's JSON form: nodes, input references, attributes, dtypes and shapes. */
import { ImportError } from '../../../core/errors.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Dim } from '../../../ir/graph.ts';
import { asArray, asInteger, asObject, asString, field, isObject, type JsonObject } from '../json.ts';
import { own } from '../../../util/own.ts';

/** One output of a node. */
export interface TensorRef {
  readonly node: string;
  readonly index: number;
  /** In functions: the name of the output, or list of outputs, that `index` counts from. */
  readonly output?: string | undefined;
}

/** A node of the GraphDef; control inputs are left out. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly TensorRef[];
  readonly attr: JsonObject;
}

/** Operators of loops, branches and lists, which are no functions of tensors. */
export const CONTROL = /^((Ref)?(Enter|Exit|Switch|Merge)|NextIteration|LoopCond|Tensor(List\w+|Array\w*V3))$/;

/** Operators that call functions of the model's library. */
export const CALL = /^((Stateful)?PartitionedCall|(Stateless)?(If|While))$/;

/** The nodes of a GraphDef by name. Throws ImportError on a malformed or duplicate node. */
export function parseNodes(topology: JsonObject): Map<string, TfNode> {
  const nodes = new Map<string, TfNode>();
  for (const entry of asArray(field(topology, 'node'), 'modelTopology.node')) {
    const raw = asObject(entry, 'an entry of modelTopology.node');
    const name = asString(field(raw, 'name'), 'the name of a node');
    const inputs = asArray(field(raw, 'input') ?? [], `input of node "${name}"`)
      .map((i) => asString(i, `an input of node "${name}"`))
      .filter((i) => !i.startsWith('^'))
      .map(parseRef);
    if (nodes.has(name))
      throw new ImportError('there are two nodes of this name', { format: 'tfjs-graph', node: name });
    const op = asString(field(raw, 'op'), `op of node "${name}"`);
    const attr = field(raw, 'attr');
    nodes.set(name, { name, op, inputs, attr: isObject(attr) ? attr : {} });
  }
  return nodes;
}

/** `name`, `name:1`, or `name:output:1` as functions write it. */
export function parseRef(text: string): TensorRef {
  const parts = text.split(':');
  const index = parts.length > 1 ? Number(parts.at(-1)) : 0;
  return Number.isInteger(index) && index >= 0
    ? { node: parts[0] ?? '', index, ...(parts.length > 2 ? { output: parts[1] } : {}) }
    : { node: text, index: 0 };
}

/** Number of each DataType enum of TensorFlow that tilewise reads; JSON holds the name or the number. */
const DATA_TYPES: Readonly<Record<string, DType>> = {
  DT_FLOAT: 'float32',
  DT_DOUBLE: 'float32',
  DT_HALF: 'float32',
  DT_INT32: 'int32',
  DT_UINT8: 'int32',
  DT_INT16: 'int32',
  DT_INT8: 'int32',
  DT_INT64: 'int32',
  DT_BOOL: 'bool',
};

const DATA_TYPE_NUMBERS: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  2: 'DT_DOUBLE',
  3: 'DT_INT32',
  4: 'DT_UINT8',
  5: 'DT_INT16',
  6: 'DT_INT8',
  7: 'DT_STRING',
  9: 'DT_INT64',
  10: 'DT_BOOL',
  19: 'DT_HALF',
};

/**
 * The engine's dtype for a TensorFlow one; undefined when there is none. TensorFlow.js has only float32, int32 and
 * bool: narrower and wider types become these, here as there.
 */
export function dtypeOfNodeDef(value: unknown): DType | undefined {
  const name = typeof value === 'number' ? DATA_TYPE_NUMBERS[value] : value;
  return typeof name === 'string' ? own(DATA_TYPES, name) : undefined;
}

/** A TensorShapeProto: extents, or a symbol made by `symbol` for an unknown one. Undefined when the rank is unknown. */
export function shapeOf(value: unknown, symbol: (axis: number) => string): Dim[] | undefined {
  if (!isObject(value) || field(value, 'unknownRank') === true) return undefined;
  return asArray(field(value, 'dim') ?? [], 'the dimensions of a shape').map((entry, axis) => {
    const dim = isObject(entry) ? field(entry, 'size') : undefined;
    const size = dim === undefined ? -1 : asInteger(dim, 'the size of a dimension');
    return size < 0 ? symbol(axis) : size;
  });
}

/** Strings are base64 in protobuf's JSON form; older converters wrote arrays of character codes. */
function stringOf(value: unknown, what: string): string {
  if (Array.isArray(value)) return value.map((code) => String.fromCharCode(asInteger(code, what))).join('');
  try {
    return atob(asString(value, what));
  } catch (cause) {
    throw new ImportError(`${what} is not base64`, { format: 'tfjs-graph', cause });
  }
}

/** Typed access to the attributes of one node; each getter gives `fallback` when the attribute is absent. */
export class NodeDefAttributes {
  readonly #node: TfNode;

  constructor(node: TfNode) {
    this.#node = node;
  }

  #value(name: string, kind: string): unknown {
    const attr = field(this.#node.attr, name);
    return isObject(attr) ? field(attr, kind) : undefined;
  }

  #list(name: string, kind: string): readonly unknown[] | undefined {
    const list = this.#value(name, 'list');
    if (!isObject(list)) return undefined;
    return asArray(field(list, kind) ?? [], this.#what(name));
  }

  #what(name: string): string {
    return `attribute ${name} of node "${this.#node.name}"`;
  }

  int(name: string, fallback: number): number {
    const value = this.#value(name, 'i');
    return value === undefined ? fallback : asInteger(value, this.#what(name));
  }

  float(name: string, fallback: number): number {
    const value = this.#value(name, 'f');
    return value === undefined ? fallback : Number(value);
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.#value(name, 'b');
    return value === undefined ? fallback : value === true;
  }

  string(name: string, fallback: string): string {
    const value = this.#value(name, 's');
    return value === undefined ? fallback : stringOf(value, this.#what(name));
  }

  ints(name: string, fallback: readonly number[]): readonly number[] {
    return this.#list(name, 'i')?.map((v) => asInteger(v, this.#what(name))) ?? fallback;
  }

  strings(name: string): readonly string[] {
    return this.#list(name, 's')?.map((v) => stringOf(v, this.#what(name))) ?? [];
  }

  /** The `type` value; undefined when absent or not a type the engine holds. */
  dtype(name: string): DType | undefined {
    return dtypeOfNodeDef(this.#value(name, 'type'));
  }

  /** The TensorShapeProto of a `shape` attribute. */
  shape(name: string): unknown {
    return this.#value(name, 'shape');
  }
}
