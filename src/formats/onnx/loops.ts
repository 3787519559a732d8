/**
 * Loop, Scan and SequenceMap, whose bodies are graphs: see `subgraphs.ts`. A node `Loop entry` gives the values that a round
 * begins with, and one of the loop's own operator what comes of all rounds; what attributes these have is said at `LOOP`. Where a
 * Scan has fewer rounds for one image than for another, `Scan shorter` cuts what they take, and `Scan longer` lengthens what they
 * give.
 */
import type { AttributeProto, NodeProto, ValueInfoProto } from './proto.ts';
import { invalid, type Merger, type Within } from './subgraphs.ts';

/**
 * Attributes of both nodes. `carried`: how many values go from round to round; of each other that a round takes, or gives, `axes`
 * and `directions`, 0 forward, 1 in reverse, 2 an element of a list, or a tensor for all rounds. Of those given `types`
 * (TensorProto.DataType) and `ranks` where the body says them, else 0 and −1, with all `extents` one after the other.
 */
export const LOOP = {
  entry: 'Loop entry',
  shorter: 'Scan shorter',
  longer: 'Scan longer',
  carried: 'carried',
  axes: 'axes',
  directions: 'directions',
  types: 'types',
  ranks: 'ranks',
  extents: 'extents',
} as const;

const ELEMENT = 2;

/** How a round takes or gives values: axes, and directions, one for each. */
interface Sliced {
  readonly axes: readonly number[];
  readonly directions: readonly number[];
}

/** A loop, in names of the graph that is written. */
interface LoopParts {
  /** Number of rounds and condition, `''` where there is none. */
  readonly ends: readonly [rounds: string, condition: string];
  readonly carried: readonly string[];
  readonly scanned: readonly string[];
  readonly taken: Sliced;
  readonly given: Sliced;
}

/** Loop: rounds?, condition?, …carried → …carried, …stacked; the body has the number of the round and the condition before. */
export function addLoop(merger: Merger, node: NodeProto, around: Within): void {
  const [rounds = '', condition = '', ...carried] = node.inputs.map(around.naming);
  const body = bodyOf(merger, node, around);
  const { inputs, outputs } = body.graph;
  requireCount(node, 'takes', inputs.length, carried.length + 2);
  const given = outputs.length - 1 - carried.length;
  requireCount(node, 'gives', outputs.length, carried.length + 1 + Math.max(0, given));
  requireCount(node, 'gives', outputs.length, Math.max(outputs.length, node.outputs.length + 1));
  const names = inputs.map(({ name }) => body.naming(name));
  const parts = { ends: [rounds, condition] as const, carried, scanned: [], taken: sliced(0), given: sliced(given) };
  const close = open(merger, node, around, parts, names);
  close(merger.fill(body), outputs.slice(1 + carried.length), node.outputs.map(around.naming));
}

/** Scan: …carried, …scanned → …carried, …stacked; until opset 9 for each image of a batch, after the lengths of all. */
export function addScan(merger: Merger, node: NodeProto, around: Within, opset: number): void {
  const batched = (node.opset ?? opset) < 9;
  const [lengths = ''] = batched ? node.inputs.map(around.naming) : [];
  const names = (batched ? node.inputs.slice(1) : node.inputs).map(around.naming);
  const count = node.attributes.find(({ name }) => name === 'num_scan_inputs')?.i ?? 0;
  if (count < 1 || count > names.length) throw invalid(node, `num_scan_inputs is ${count}, of ${names.length} inputs`);
  const carried = names.slice(0, names.length - count);
  const scanned = names.slice(names.length - count);
  const body = bodyOf(merger, node, around);
  const { inputs, outputs } = body.graph;
  requireCount(node, 'takes', inputs.length, names.length);
  const given = outputs.length - carried.length;
  requireCount(node, 'gives', outputs.length, carried.length + Math.max(0, given));
  requireCount(node, 'gives', outputs.length, Math.max(outputs.length, node.outputs.length));
  const parts: LoopParts = {
    ends: ['', ''],
    carried,
    scanned,
    taken: {
      axes: listed(node, 'scan_input_axes', count),
      directions: listed(node, batched ? 'directions' : 'scan_input_directions', count),
    },
    given: {
      axes: listed(node, 'scan_output_axes', given),
      directions: listed(node, 'scan_output_directions', given),
    },
  };
  const begun = inputs.map(({ name }) => body.naming(name));
  const infos = outputs.slice(carried.length);
  const results = node.outputs.map(around.naming);
  if (batched) return addBatch(merger, node, { around, body, parts, lengths, begun, infos, results });
  const close = open(merger, node, around, parts, ['', '', ...begun]);
  close(['', ...merger.fill(body)], infos, results);
}

/** What a Scan over each image of a batch is written with. */
interface Batch {
  readonly around: Within;
  readonly body: Within;
  readonly parts: LoopParts;
  /** How many slices each image has; `''`: all. */
  readonly lengths: string;
  readonly begun: readonly string[];
  readonly infos: readonly ValueInfoProto[];
  readonly results: readonly string[];
}

/** A loop over the images around the loop over the slices of each. */
function addBatch(merger: Merger, node: NodeProto, batch: Batch): void {
  const { around, body, parts, lengths, begun, infos, results } = batch;
  const { carried, scanned } = parts;
  const all = [...carried, ...scanned, ...(lengths === '' ? [] : [lengths])];
  const images = all.map((name) => merger.unique(`${name}/image`));
  const outer: LoopParts = {
    ends: ['', ''],
    carried: [],
    scanned: all,
    taken: sliced(all.length),
    given: sliced(carried.length + infos.length),
  };
  const closeBatch = open(merger, node, around, outer, ['', '', ...images]);
  const whole = images.slice(carried.length, carried.length + scanned.length);
  const length = images[carried.length + scanned.length];
  /** Adds what cuts slices off, or puts zeros behind them. */
  const fit = (op: string, x: string, by: string): string => {
    const output = merger.unique(x);
    merger.push({ ...node, name: output, op, inputs: [x, by], outputs: [output], attributes: [] }, around);
    return output;
  };
  const taken = whole.map((x) => (length === undefined ? x : fit(LOOP.shorter, x, length)));
  const inner = { ...parts, carried: images.slice(0, carried.length), scanned: taken };
  const close = open(merger, node, around, inner, ['', '', ...begun]);
  const given = [...carried, ...infos].map((_, i) => merger.unique(`${node.name}/image_${i}`));
  close(['', ...merger.fill(body)], infos, given);
  const [like = ''] = whole;
  const full = given.map((y, i) => (length === undefined || i < carried.length ? y : fit(LOOP.longer, y, like)));
  closeBatch(
    ['', ...full],
    full.map(() => undefined),
    results,
  );
}

/** SequenceMap: a list, and lists of its length or tensors for all → lists. */
export function addSequenceMap(merger: Merger, node: NodeProto, around: Within): void {
  const scanned = node.inputs.map(around.naming);
  const body = bodyOf(merger, node, around);
  const { inputs, outputs } = body.graph;
  requireCount(node, 'takes', inputs.length, scanned.length);
  requireCount(node, 'gives', outputs.length, node.outputs.length);
  const [taken, given] = [inputs, outputs].map((values) => ({
    axes: values.map(() => 0),
    directions: values.map(() => ELEMENT),
  }));
  const parts = { ends: ['', ''] as const, carried: [], scanned, taken: taken ?? sliced(0), given: given ?? sliced(0) };
  const close = open(merger, node, around, parts, ['', '', ...inputs.map(({ name }) => body.naming(name))]);
  close(['', ...merger.fill(body)], outputs, node.outputs.map(around.naming));
}

/** Ends a loop: what the body gives, what it says of that which is put together, and what the results are called. */
type Close = (
  given: readonly string[],
  infos: readonly (ValueInfoProto | undefined)[],
  results: readonly string[],
) => void;

/** Adds the entry of a loop that calls what a round begins with by `names`; returns what adds the exit. */
function open(merger: Merger, node: NodeProto, around: Within, parts: LoopParts, names: readonly string[]): Close {
  const { ends, carried, scanned, taken, given } = parts;
  const [round = '', ...begun] = names;
  const counter = round || merger.unique(`${node.name || node.op}/round`);
  const count = ints(LOOP.carried, [carried.length]);
  const entry = {
    ...node,
    name: node.name === '' ? '' : `${node.name}/entry`,
    op: LOOP.entry,
    inputs: [...ends, ...carried, ...scanned],
    outputs: [counter, ...begun],
    attributes: [count, ...slicing(taken)],
  };
  merger.push(entry, around);
  return (values, infos, results) => {
    const described = infos.map((info) => (info?.other === undefined ? info?.dims : undefined));
    const attributes = [
      count,
      ...slicing(given),
      ints(
        LOOP.types,
        infos.map((info) => info?.elemType ?? 0),
      ),
      ints(
        LOOP.ranks,
        described.map((dims) => dims?.length ?? -1),
      ),
      ints(
        LOOP.extents,
        described.flatMap((dims = []) => dims.map(({ value = 0 }) => value)),
      ),
    ];
    merger.push({ ...node, inputs: [counter, ...values], outputs: [...results], attributes }, around);
  };
}

function bodyOf(merger: Merger, node: NodeProto, around: Within): Within {
  return merger.within(node, 'body', around, { body: `${node.op} "${node.name || (node.outputs[0] ?? '')}"` });
}

/** So many values, along the first axis, forward. */
function sliced(count: number): Sliced {
  const zeros = Array.from({ length: Math.max(0, count) }, () => 0);
  return { axes: zeros, directions: zeros };
}

/** A list of the node's, one number for each value; zeros where there is none. */
function listed(node: NodeProto, attribute: string, count: number): readonly number[] {
  const list = node.attributes.find(({ name }) => name === attribute)?.ints;
  if (!list) return sliced(count).axes;
  requireCount(node, `has ${attribute} for`, list.length, count);
  if (attribute.endsWith('directions') && list.some((d) => d !== 0 && d !== 1)) {
    throw invalid(node, `${attribute} are [${list.join(', ')}], not 0 or 1`);
  }
  return list;
}

function requireCount(node: NodeProto, does: string, found: number, expected: number): void {
  if (found !== expected) throw invalid(node, `the body ${does} ${found} values, where there are ${expected}`);
}

function slicing({ axes, directions }: Sliced): AttributeProto[] {
  return [ints(LOOP.axes, axes), ints(LOOP.directions, directions)];
}

function ints(name: string, values: readonly number[]): AttributeProto {
  const none = { f: undefined, i: undefined, s: undefined, t: undefined, g: undefined, other: undefined };
  return { ...none, name, type: 7, ref: '', floats: [], ints: [...values], strings: [] };
}
