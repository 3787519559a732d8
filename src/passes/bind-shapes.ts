/** Gives every graph input a static shape: binds symbolic and suggested dimensions from what the caller passed. */
import { ShapeError } from '../core/errors.ts';
import { shapeText } from '../core/tensor.ts';
import type { Dim, Graph, GraphInput, InputShapes } from '../ir/graph.ts';
import { at } from '../util/arrays.ts';
import { own } from '../util/own.ts';

/**
 * Binds symbolic dimensions of the graph's inputs. An input that is given a shape has it; elsewhere a symbol is the first
 * number it was bound to, and one that nothing binds and that leads an input (the batch) becomes 1. Models give one name to
 * extents that only broadcast, so that one symbol may be several numbers: whether they fit, the operators say. Fixed
 * dimensions must be given as they are; suggested ones hold where nothing else is given, and are fixed from here on.
 *
 * Throws ShapeError: an unknown input name, a wrong rank or extent, symbols left over.
 */
export function bindShapes(graph: Graph, inputShapes: InputShapes = {}): Graph {
  checkNames(graph, inputShapes);
  const bindings = new Map<string, number>();
  for (const input of graph.inputs) {
    const given = own(inputShapes, input.name);
    if (given) bindInput(input, given, bindings);
  }
  if (graph.inputs.every(({ shape, suggested }) => !suggested && shape.every((d) => typeof d === 'number')))
    return graph;
  for (const { shape } of graph.inputs) {
    const [lead] = shape;
    if (typeof lead === 'string' && !bindings.has(lead)) bindings.set(lead, 1);
  }
  requireAllBound(graph, bindings);
  const inputs = graph.inputs.map(({ suggested: _suggested, fixed: _fixed, ...input }) => ({
    ...input,
    shape: inputShapes[input.name] ?? input.shape.map((d) => (typeof d === 'number' ? d : (bindings.get(d) ?? d))),
  }));
  return { ...graph, inputs };
}

function checkNames(graph: Graph, inputShapes: InputShapes): void {
  const names = graph.inputs.map((i) => i.name);
  for (const name of Object.keys(inputShapes)) {
    if (!names.includes(name)) {
      throw new ShapeError(`the graph has no input "${name}"`, { hint: `Its inputs are ${quoted(names)}` });
    }
  }
}

function bindInput(
  { name, shape, suggested, fixed }: GraphInput,
  given: readonly number[],
  bindings: Map<string, number>,
): void {
  const mismatch = (why: string): ShapeError =>
    new ShapeError(`input "${name}" expects ${shapeText(shape)}, got ${shapeText(given)}: ${why}`);
  if (given.length !== shape.length) throw mismatch(`rank ${given.length} instead of ${shape.length}`);
  shape.forEach((dim: Dim, i) => {
    const extent = at(given, i);
    if (typeof dim === 'number' && (!suggested || fixed?.includes(i))) {
      if (dim !== extent) throw mismatch(`dimension ${i} is fixed to ${dim}`);
      return;
    }
    if (!Number.isSafeInteger(extent) || extent < 0) throw mismatch(`dimension ${i} is not a whole number`);
    if (typeof dim === 'string' && !bindings.has(dim)) bindings.set(dim, extent);
  });
}

function requireAllBound(graph: Graph, bindings: ReadonlyMap<string, number>): void {
  const open = graph.inputs.filter(({ shape }) => shape.some((d) => typeof d === 'string' && !bindings.has(d)));
  if (open.length === 0) return;
  const symbols = open.flatMap(({ shape }) => shape.filter((d) => typeof d === 'string' && !bindings.has(d)));
  const inputs = open.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`);
  throw new ShapeError(`dimensions ${quoted([...new Set(symbols)])} of input ${inputs.join(', ')} are not bound`, {
    hint: `Pass inputShapes with an extent for each dimension, such as { ${JSON.stringify(open[0]?.name)}: [1, 3, 224, 224] }`,
  });
}

function quoted(names: readonly Dim[]): string {
  return names.map((n) => `"${n}"`).join(', ');
}
