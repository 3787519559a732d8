/** What an import that lacks something says: all of it, subgraphs included, and what may help. */
import { UnsupportedError, type Unsupported } from '../../core/errors.ts';
import type { NamedNode } from './node.ts';
import type { GraphProto } from './proto.ts';

/**
 * The error with the operators inside the branches and bodies of the nodes it names, and a hint that fits. Operators
 * of one of the tables the engine has, by their qualified names.
 */
export function explained(
  { items, detail }: UnsupportedError,
  nodes: readonly NamedNode[],
  tables: readonly object[],
): UnsupportedError {
  const has = (op: string): boolean => tables.some((table) => Object.hasOwn(table, op));
  const refused = new Set(items.map(({ node }) => node));
  const inner = nodes
    .filter(({ name }) => refused.has(name))
    .flatMap(({ name, op, proto }) =>
      proto.attributes.flatMap(({ g }) => (g ? missingIn(g, `${op} "${name}"`, has) : [])),
    );
  const all = [...items, ...inner];
  return new UnsupportedError(all, { ...detail, hint: hintFor(all) });
}

function missingIn(graph: GraphProto, place: string, has: (op: string) => boolean): Unsupported[] {
  return graph.nodes.flatMap(({ name, op, domain, outputs, attributes }) => {
    const qualified = qualifiedName({ op, domain });
    const own = has(qualified)
      ? []
      : [{ node: name || (outputs[0] ?? ''), op: qualified, what: `operator, in ${place}` }];
    return [...own, ...attributes.flatMap(({ g }) => (g ? missingIn(g, place, has) : []))];
  });
}

/** The operator's name, after that of its domain where it is not one of ONNX itself. */
export function qualifiedName({ op, domain }: { readonly op: string; readonly domain: string }): string {
  return domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
}

/** Simplifying a model computes what its constants decide: conditions, loops that end, ranks. */
function hintFor(items: readonly Unsupported[]): string {
  const foldable = items.some(({ op, what }) => op === 'If' || op === 'Loop' || /is not known|computed/.test(what));
  if (foldable) return 'Export the model with fixed shapes, or simplify it first (for example with onnxsim)';
  return 'Export the model without these';
}
