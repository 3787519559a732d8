/**
 * Functions that a model defines itself: every call becomes the nodes of its body, under names of their own, with the
 * attributes of the call in place of references to them. Exporters of PyTorch write whole networks this way.
 */
import { ImportError } from '../../core/errors.ts';
import { ProtoReader, type MessageSchema } from '../lib/protobuf.ts';
import {
  attribute,
  node,
  opset,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from './proto.ts';

/** Nodes that the calls of a model may become: a few functions that call each other twice would be any number. */
const MAX_NODES = 50_000;

/** How deep calls may lie within calls. */
const MAX_DEPTH = 64;

/** FunctionProto. */
interface FunctionProto {
  name: string;
  domain: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  nodes: NodeProto[];
  /** Attributes that a call may leave out, with the values they then have. */
  defaults: AttributeProto[];
  opsets: Map<string, number>;
}

const FUNCTION: MessageSchema<FunctionProto> = {
  1: (f, r) => (f.name = r.string()),
  4: (f, r) => f.inputs.push(r.string()),
  5: (f, r) => f.outputs.push(r.string()),
  7: (f, r) => f.nodes.push(node(r)),
  9: (f, r) => opset(f.opsets, r),
  10: (f, r) => (f.domain = r.string()),
  11: (f, r) => f.defaults.push(attribute(r)),
  13: (f, r) => (f.overload = r.string()),
};

function decode(bytes: Uint8Array, file: string): FunctionProto {
  const said = { name: '', domain: '', overload: '' };
  const lists = { inputs: [], outputs: [], nodes: [], defaults: [], opsets: new Map<string, number>() };
  return new ProtoReader(bytes, file).root(FUNCTION, { ...said, ...lists });
}

/** What a call is told by: the function's domain, name and overload. */
function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}

/** What stands for a name of the function's body in the graph around. */
type Rename = (value: string) => string;

/** A call that is being expanded. */
interface Scope {
  readonly rename: Rename;
  /** Attributes of the call, and those it leaves out, by name. */
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  /** Goes before the names of nodes. */
  readonly prefix: string;
  readonly opset: number | undefined;
  /** Keys of the functions around. */
  readonly within: readonly string[];
}

const OUTSIDE: Scope = { rename: (value) => value, attributes: new Map(), prefix: '', opset: undefined, within: [] };

/**
 * The graph with no call of the model's functions left, in subgraphs neither. Throws ImportError on a function that calls
 * itself, and on calls that become more than `MAX_NODES` nodes or lie deeper than `MAX_DEPTH`.
 */
export function withoutCalls(graph: GraphProto, { functions }: ModelProto, file: string): GraphProto {
  return new Inliner(functions, graph, file).graph(graph, OUTSIDE);
}

class Inliner {
  readonly #functions = new Map<string, FunctionProto>();
  readonly #taken = new Set<string>();
  /** The suffix to try next for each name that is taken. */
  readonly #suffixes = new Map<string, number>();
  #made = 0;

  constructor(functions: readonly Uint8Array[], graph: GraphProto, file: string) {
    for (const bytes of functions) {
      const f = decode(bytes, file);
      this.#functions.set(keyOf(f.domain, f.name, f.overload), f);
    }
    for (const { name } of [...graph.inputs, ...graph.initializers]) this.#taken.add(name);
    for (const { outputs } of graph.nodes) for (const name of outputs) this.#taken.add(name);
  }

  /** A subgraph of a body, or the graph itself. */
  graph(g: GraphProto, scope: Scope): GraphProto {
    const own = new Set([...g.inputs, ...g.initializers].map(({ name }) => name));
    for (const { outputs } of g.nodes) for (const name of outputs) own.add(name);
    const rename: Rename = (value) => (own.has(value) ? value : scope.rename(value));
    const inner = { ...scope, rename };
    return {
      ...g,
      nodes: g.nodes.flatMap((n) => this.#node(n, inner)),
      outputs: g.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    };
  }

  #node(n: NodeProto, scope: Scope): NodeProto[] {
    if (++this.#made > MAX_NODES)
      throw new ImportError(`the functions of the model become more than ${MAX_NODES} nodes`);
    const named: NodeProto = {
      ...n,
      name: scope.prefix === '' ? n.name : `${scope.prefix}${n.name || n.op}`,
      inputs: n.inputs.map(scope.rename),
      outputs: n.outputs.map(scope.rename),
      attributes: n.attributes.flatMap((a) => this.#attribute(a, scope)),
      ...(scope.opset === undefined ? {} : { opset: scope.opset }),
    };
    const key = keyOf(n.domain, n.op, n.overload);
    const called = this.#functions.get(key);
    return called ? this.#body(called, named, [...scope.within, key]) : [named];
  }

  /** The attribute with the value that a reference stands for, if there is one, and without calls in its subgraph. */
  #attribute(a: AttributeProto, scope: Scope): AttributeProto[] {
    if (a.ref !== '') {
      const given = scope.attributes.get(a.ref);
      return given ? [{ ...given, name: a.name }] : [];
    }
    return [a.g ? { ...a, g: this.graph(a.g, scope) } : a];
  }

  #body(f: FunctionProto, call: NodeProto, within: readonly string[]): NodeProto[] {
    const at = { node: call.name || call.op, op: f.name };
    if (within.indexOf(within.at(-1) ?? '') < within.length - 1) throw new ImportError('the function calls itself', at);
    if (within.length > MAX_DEPTH) throw new ImportError(`functions are nested deeper than ${MAX_DEPTH}`, at);
    const prefix = `${call.name || f.name}/`;
    const names = new Map<string, string>([['', '']]);
    f.inputs.forEach((name, i) => names.set(name, call.inputs[i] ?? ''));
    const copies: [from: string, to: string][] = [];
    f.outputs.forEach((name, i) => {
      const to = call.outputs[i] ?? '';
      if (to !== '' && names.has(name)) copies.push([names.get(name) ?? '', to]);
      else if (to !== '') names.set(name, to);
    });
    const rename: Rename = (value) => {
      const known = names.get(value);
      if (known !== undefined) return known;
      const made = this.#unique(prefix + value);
      names.set(value, made);
      return made;
    };
    const attributes = new Map([...f.defaults, ...call.attributes].map((a) => [a.name, a]));
    const scope: Scope = { rename, attributes, prefix, opset: f.opsets.get(''), within };
    return [
      ...f.nodes.flatMap((n) => this.#node(n, scope)),
      ...copies.map(([from, to]) => identity(`${prefix}Identity`, from, to)),
    ];
  }

  #unique(stem: string): string {
    let suffix = this.#suffixes.get(stem) ?? 0;
    let name = suffix === 0 ? stem : `${stem}_${suffix}`;
    while (this.#taken.has(name)) name = `${stem}_${++suffix}`;
    this.#suffixes.set(stem, suffix + 1);
    this.#taken.add(name);
    return name;
  }
}

/** A function may give one of its inputs, or one value twice. */
function identity(name: string, from: string, to: string): NodeProto {
  return { name, op: 'Identity', domain: '', overload: '', inputs: [from], outputs: [to], attributes: [] };
}
