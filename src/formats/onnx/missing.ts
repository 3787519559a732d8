/** What an import that lacks something says: all of it, subgraphs included, and what may help. */
import { UnsupportedError, type Unsupported } from '../../core/errors.ts';
import { LOOP } from './loops.ts';
import { UNKNOWN, type NamedNode } from './node.ts';
import { otherUses } from './constant-uses.ts';
import { remedyFor } from './remedies.ts';
import type { ImportContext } from './context.ts';
import type { GraphProto, NodeProto } from './proto.ts';

/** The part of a model that was imported. */
interface Imported {
  readonly nodes: readonly NamedNode[];
  readonly outputs: GraphProto['outputs'];
}

/**
 * Throws the refusal with what branches and bodies lack, and with what is made of 64-bit integers that were clamped other than
 * bounds of slices; without what is not known because of another node it names, and with a hint that fits. `tables` have
 * the operators of the engine, by their qualified names. Does nothing where nothing is missing.
 */
export function refuseMissing(
  refusal: UnsupportedError | undefined,
  { nodes, outputs }: Imported,
  { lacks, clamped }: Pick<ImportContext, 'lacks' | 'clamped'>,
  tables: readonly object[],
): void {
  const refusedItems = refusal?.items ?? [];
  const has = (op: string): boolean => tables.some((table) => Object.hasOwn(table, op));
  const refused = new Set(refusedItems.map(({ node }) => node));
  const inner = nodes
    .filter(({ name }) => refused.has(name))
    .flatMap(({ name, op, proto }) =>
      proto.attributes.flatMap(({ g }) => (g ? missingIn(g, `${op} "${name}"`, has) : [])),
    );
  const certain = new Set(refusedItems);
  const bodies = new Map(nodes.map(({ name, proto: { body } }) => [name, body]));
  const found = withoutConsequences([...new Set([...refusedItems, ...(lacks?.guarded ?? [])])], nodes).map((item) => {
    const body = bodies.get(item.node);
    const what = body === undefined ? item.what : `${item.what}, in the body of ${body}`;
    return { ...item, what: certain.has(item) ? what : `${what}, in a branch that may be taken` };
  });
  const graph = { nodes: nodes.map(({ proto, name }) => ({ ...proto, name })), outputs };
  const large = new Map(Array.from(clamped, (name) => [name, 'integers beyond 32 bits']));
  const all = [...(refusal ? found : []), ...otherUses(graph, large, isBound), ...inner];
  if (all.length === 0) return;
  const items = all.map((item) => ({ ...item, remedy: remedyFor(item) }));
  throw new UnsupportedError(items, { format: 'onnx', ...refusal?.detail, lines: undefined, hint: hintFor(items) });
}

/** "To the end", and "all boxes", are extreme int64, which mean that when they are clamped too. */
function isBound({ op, inputs }: NodeProto, value: string): boolean {
  // As many rounds as there may be.
  if (op === LOOP.entry) return inputs[0] === value;
  return (op === 'Slice' && inputs[0] !== value) || (op === 'NonMaxSuppression' && inputs[2] === value);
}

function isUnknown({ what }: Unsupported): boolean {
  return what.endsWith(UNKNOWN);
}

/** Without what is not known at import of values that depend on nodes that are refused for another reason. */
function withoutConsequences(items: readonly Unsupported[], nodes: readonly NamedNode[]): readonly Unsupported[] {
  const behind = new Set(items.filter((item) => !isUnknown(item)).map(({ node }) => node));
  const outputsOf = new Map(nodes.map(({ name, proto }) => [name, proto.outputs]));
  const readers = new Map<string, string[]>();
  for (const { name, proto } of nodes) {
    for (const input of proto.inputs) {
      const known = readers.get(input);
      if (known) known.push(name);
      else readers.set(input, [name]);
    }
  }
  // The set grows while it is walked.
  for (const name of behind) {
    for (const output of outputsOf.get(name) ?? []) for (const reader of readers.get(output) ?? []) behind.add(reader);
  }
  return items.filter((item) => !isUnknown(item) || !behind.has(item.node));
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

/** What helps with all of it, where it is one thing. */
function hintFor(items: readonly Unsupported[]): string {
  const remedies = new Set(items.map(({ remedy }) => remedy));
  const [remedy] = remedies;
  return remedies.size === 1 && remedy !== undefined
    ? remedy
    : 'The command "tilewise inspect" says what to do about each';
}
