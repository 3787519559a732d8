/**
 * Functions of a graph model's library, written out where they are called: PartitionedCall and calls by name become the nodes
 * of the body, If those of both branches or of the one a constant takes, While the loop that it stands for (`control-flow.ts`).
 */
import { GraphError, ImportError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { at } from '../../../util/arrays.ts';
import { asArray, asObject, asString, field, isObject, type JsonObject } from '../json.ts';
import { CALL, parseNodes, parseRef, type TensorRef, type TfNode } from './graph-def.ts';
import { refuse } from './refuse.ts';
import type { Ports } from './signature.ts';

/** Functions that call one another deeper than this call themselves. */
const MAX_DEPTH = 32;
/** More nodes than this are no network that is written out, but functions that multiply. */
const MAX_NODES = 2 ** 15;

/** One function: its nodes refer to arguments and to one another by name. */
interface FunctionDef {
  readonly args: readonly string[];
  readonly nodes: ReadonlyMap<string, TfNode>;
  readonly results: readonly TensorRef[];
}

/** Names of outputs, of operators that have several: references within functions are by name. */
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  FusedBatchNorm: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
  Merge: ['output', 'value_index'],
  Switch: ['output_false', 'output_true'],
  TensorArrayV3: ['handle', 'flow'],
  TensorListPopBack: ['output_handle', 'tensor'],
  TopKV2: ['values', 'indices'],
  NonMaxSuppressionV4: ['selected_indices', 'valid_outputs'],
  NonMaxSuppressionV5: ['selected_indices', 'selected_scores', 'valid_outputs'],
  Unique: ['y', 'idx'],
  UniqueV2: ['y', 'idx'],
};

/** A model without calls. */
export interface Inlined {
  readonly nodes: Map<string, TfNode>;
  readonly weights: Map<string, Tensor>;
  readonly ports: Ports;
}

/**
 * Writes out what the nodes called `needed` call. Throws ImportError on a malformed library, or a function that it lacks;
 * UnsupportedError on functions that call themselves, or grow beyond bounds.
 */
export function inlineFunctions(
  library: JsonObject,
  nodes: ReadonlyMap<string, TfNode>,
  weights: ReadonlyMap<string, Tensor>,
  ports: Ports,
  needed: Iterable<TfNode>,
): Inlined {
  const inlining = new Inlining(library, nodes, weights);
  for (const node of needed) inlining.callOf(node);
  const outputs = ports.outputs.map((port) => ({ ...port, ref: inlining.resolve(port.ref) }));
  return { nodes: inlining.finish(), weights: inlining.weights, ports: { ...ports, outputs } };
}

class Inlining {
  readonly weights: Map<string, Tensor>;
  readonly #nodes: Map<string, TfNode>;
  readonly #limit: number;
  readonly #library: ReadonlyMap<string, JsonObject>;
  readonly #parsed = new Map<string, FunctionDef>();
  /** What the outputs of calls are. */
  readonly #results = new Map<string, TensorRef[]>();
  readonly #taken: Set<string>;

  constructor(library: JsonObject, nodes: ReadonlyMap<string, TfNode>, weights: ReadonlyMap<string, Tensor>) {
    this.weights = new Map(weights);
    this.#nodes = new Map(nodes);
    this.#taken = new Set(nodes.keys());
    this.#limit = nodes.size + MAX_NODES;
    this.#library = new Map(
      asArray(field(library, 'function') ?? [], 'library.function').map((entry) => {
        const definition = asObject(entry, 'an entry of library.function');
        const signature = asObject(field(definition, 'signature'), 'the signature of a function');
        return [asString(field(signature, 'name'), 'the name of a function'), definition];
      }),
    );
  }

  /** Writes a node out, where it is a call. */
  callOf(node: TfNode, depth = 0): void {
    const { name, op, inputs } = node;
    const called = CALL.test(op) ? op.replace(/^State(less|ful)/, '') : this.#library.has(op) ? op : undefined;
    if (called === undefined) return;
    if (depth > MAX_DEPTH) refuse(node, `functions that call one another ${MAX_DEPTH} deep`);
    const body = (fn: string, args: readonly TensorRef[]): TensorRef[] => this.#body(node, fn, args, depth);
    this.#nodes.delete(name);
    if (called === 'If') this.#results.set(name, this.#branches(node, body));
    else if (called === 'While') this.#results.set(name, this.#loop(node, body));
    else this.#results.set(name, body(called === 'PartitionedCall' ? this.#named(node, 'f') : op, inputs));
  }

  /** The output that stands behind one of a call. Throws GraphError on calls that are given what they give. */
  resolve(ref: TensorRef): TensorRef {
    const passed: [TensorRef[], number][] = [];
    let end = ref;
    for (let results = this.#results.get(end.node); results; results = this.#results.get(end.node)) {
      if (passed.length > this.#results.size)
        throw new GraphError('a call reads itself', { format: 'tfjs-graph', node: ref.node });
      passed.push([results, end.index]);
      const next = results[end.index];
      if (!next)
        throw new ImportError(`output ${end.index} is read, and there is none`, {
          format: 'tfjs-graph',
          node: end.node,
        });
      end = next;
    }
    // Chains of calls are followed once.
    for (const [results, index] of passed) results[index] = end;
    return end;
  }

  /** All nodes, reading what they read behind the calls. */
  finish(): Map<string, TfNode> {
    const entries = Array.from(this.#nodes, ([name, node]): [string, TfNode] => {
      return [name, { ...node, inputs: node.inputs.map((ref) => this.resolve(ref)) }];
    });
    return new Map(entries);
  }

  #branches(node: TfNode, body: (fn: string, args: readonly TensorRef[]) => TensorRef[]): TensorRef[] {
    const [condition, ...args] = node.inputs;
    if (!condition) throw new ImportError('the condition is missing', { format: 'tfjs-graph', node: node.name });
    const known = this.#constant(condition);
    const [yes, no] = [this.#named(node, 'then_branch'), this.#named(node, 'else_branch')];
    if (known?.length === 1) return body(known[0] === 0 ? no : yes, args);
    const [then, otherwise] = [body(yes, args), body(no, args)];
    if (then.length !== otherwise.length) refuse(node, 'branches that differ in their number of results');
    return then.map((value, i) => this.#add(`${node.name}/result_${i}`, 'If', [condition, value, at(otherwise, i)]));
  }

  /** A loop as TensorFlow 1 writes it. */
  #loop(node: TfNode, body: (fn: string, args: readonly TensorRef[]) => TensorRef[]): TensorRef[] {
    const { name, inputs } = node;
    const part = (what: string, i: number): string => `${name}/${what}_${i}`;
    const next = inputs.map((_, i) => this.#unique(part('next', i)));
    const frame = { frame_name: { s: btoa(encodeURIComponent(name)) } };
    const merges = inputs.map((value, i) => {
      const enter = this.#add(part('enter', i), 'Enter', [value], frame);
      return this.#add(part('merge', i), 'Merge', [enter, { node: at(next, i), index: 0 }]);
    });
    const [going, ...rest] = body(this.#named(node, 'cond'), merges);
    if (!going || rest.length > 0)
      throw new ImportError('the condition must have one result', { format: 'tfjs-graph', node: name });
    const condition = this.#add(`${name}/condition`, 'LoopCond', [going]);
    const switches = merges.map((merge, i) => this.#add(part('switch', i), 'Switch', [merge, condition]));
    const values = body(
      this.#named(node, 'body'),
      switches.map((ref) => ({ ...ref, index: 1 })),
    );
    if (values.length !== next.length)
      throw new ImportError('the body does not give what it takes', { format: 'tfjs-graph', node: name });
    values.forEach((value, i) => this.#set({ name: at(next, i), op: 'NextIteration', inputs: [value], attr: {} }));
    return switches.map((ref, i) => this.#add(part('exit', i), 'Exit', [ref]));
  }

  /** The nodes of a function under names of their own; returns its results. */
  #body(call: TfNode, fn: string, given: readonly TensorRef[], depth: number): TensorRef[] {
    const { args, nodes, results } = this.#function(call, fn);
    if (args.length !== given.length) {
      throw new ImportError(`function "${fn}" takes ${args.length} arguments, not ${given.length}`, {
        format: 'tfjs-graph',
        node: call.name,
      });
    }
    const values = new Map(args.map((name, i) => [name, at(given, i)]));
    const names = new Map(Array.from(nodes.keys(), (name) => [name, this.#unique(`${call.name}/${name}`)]));
    const outside = ({ node, index, output }: TensorRef): TensorRef => {
      const value = values.get(node);
      if (value) return value;
      const [name, op = ''] = [names.get(node), nodes.get(node)?.op];
      if (name === undefined)
        throw new ImportError(`function "${fn}" reads "${node}", which it lacks`, {
          format: 'tfjs-graph',
          node: call.name,
        });
      const first = Object.hasOwn(OUTPUTS, op) ? Math.max(0, OUTPUTS[op]?.indexOf(output ?? '') ?? 0) : 0;
      return { node: name, index: first + index };
    };
    for (const node of nodes.values()) {
      const name = names.get(node.name) ?? node.name;
      const weight = node.op === 'Const' ? this.weights.get(node.name) : undefined;
      if (weight) this.weights.set(name, weight);
      const inlined = { ...node, name, inputs: node.inputs.map(outside) };
      this.#set(inlined);
      this.callOf(inlined, depth + 1);
    }
    return results.map(outside);
  }

  #function(call: TfNode, fn: string): FunctionDef {
    const known = this.#parsed.get(fn);
    if (known) return known;
    const definition = this.#library.get(fn);
    if (!definition)
      throw new ImportError(`the file has no function "${fn}"`, { format: 'tfjs-graph', node: call.name, op: call.op });
    const parsed = parseFunction(definition, fn);
    this.#parsed.set(fn, parsed);
    return parsed;
  }

  #named(node: TfNode, attribute: string): string {
    const attr = field(node.attr, attribute);
    const fn = isObject(attr) ? field(attr, 'func') : undefined;
    return asString(isObject(fn) ? field(fn, 'name') : undefined, `the function ${attribute} of node "${node.name}"`);
  }

  /** The elements of a constant, seen through Identity and calls that are written out. */
  #constant(ref: TensorRef): Tensor['data'] | undefined {
    let end = this.resolve(ref);
    for (let i = 0; i <= MAX_DEPTH; i++) {
      const node = this.#nodes.get(end.node);
      const [next] = node?.inputs ?? [];
      if (node?.op === 'Const') return this.weights.get(node.name)?.data;
      if (node?.op !== 'Identity' || !next) return undefined;
      end = this.resolve(next);
    }
    return undefined;
  }

  #add(stem: string, op: string, inputs: readonly TensorRef[], attr: JsonObject = {}): TensorRef {
    const name = this.#unique(stem);
    this.#set({ name, op, inputs, attr });
    return { node: name, index: 0 };
  }

  #set(node: TfNode): void {
    if (this.#nodes.size >= this.#limit) refuse(node, `more than ${MAX_NODES} nodes in functions`);
    this.#nodes.set(node.name, node);
  }

  #unique(stem: string): string {
    let name = stem;
    while (this.#taken.has(name)) name += '_';
    this.#taken.add(name);
    return name;
  }
}

function parseFunction(definition: JsonObject, fn: string): FunctionDef {
  const signature = asObject(field(definition, 'signature'), `the signature of function "${fn}"`);
  const names = (side: string): string[] =>
    asArray(field(signature, side) ?? [], `${side} of function "${fn}"`).map((entry) =>
      asString(
        field(asObject(entry, `an entry of ${side} of function "${fn}"`), 'name'),
        `a name in ${side} of function "${fn}"`,
      ),
    );
  const ret = asObject(field(definition, 'ret') ?? {}, `ret of function "${fn}"`);
  return {
    args: names('inputArg'),
    nodes: parseNodes({ node: field(definition, 'nodeDef') ?? [] }),
    results: names('outputArg').map((name) =>
      parseRef(asString(field(ret, name), `result "${name}" of function "${fn}"`)),
    ),
  };
}
