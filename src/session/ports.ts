/** Inputs that decide shapes, and outputs whose extents depend on data, as callers see them. */
import { InputError } from '../core/errors.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import type { CheckedFeed, Port } from './feeds.ts';

/** Feeds that decide shapes. Throws InputError for one that is not in host memory. */
export function decidedBy(feeds: ReadonlyMap<string, CheckedFeed>, names: readonly string[]): Map<string, Tensor> {
  const tensors = names.map((name): [string, Tensor] => {
    const feed = feeds.get(name);
    // A copy: the plan stays, and the caller may fill the array anew.
    if (feed && 'data' in feed) return [name, { ...feed, data: feed.data.slice() }];
    throw new InputError(`the elements of input "${name}" decide shapes: give it in host memory`);
  });
  return new Map(tensors);
}

/** Inputs with the extents they were bound to. */
export function inputPorts(
  inputs: readonly { readonly name: string }[],
  compiled: Graph,
): (TensorDesc & { readonly name: string })[] {
  return inputs.map(({ name }) => ({ name, ...descOf(compiled, name) }));
}

/** What callers see of a model. */
export interface ModelPorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The ports of an imported graph, compiled for some shapes. Extents of inputs that its file only suggests are those of these. */
export function portsOf(imported: Graph, compiled: Graph): ModelPorts {
  const inputs = imported.inputs.map((input) => {
    const { shape } = compiled.values.get(input.name) ?? input;
    return input.suggested ? { ...input, shape } : input;
  });
  return { inputs: withScales(inputs, imported), outputs: withScales(outputPorts(compiled), imported) };
}

/** Outputs for callers: an extent that depends on data has the name of its count. */
export function outputPorts(compiled: Graph): Port[] {
  return compiled.outputs.map((name) => {
    const { dtype, shape, bounded } = descOf(compiled, name);
    if (!bounded) return { name, dtype, shape };
    const { axis, count } = bounded;
    return { name, dtype, shape: [...shape.slice(0, axis), count, ...shape.slice(axis + 1)] };
  });
}

/** Ports with what their integers stand for, where a model says it. */
export function withScales(ports: readonly Port[], { scales }: Graph): readonly Port[] {
  if (!scales) return ports;
  return ports.map((port) => {
    const quantisation = scales.get(port.name);
    return quantisation ? { ...port, quantisation } : port;
  });
}

/** What asking for outputs throws that nobody knows yet. */
export function unknownOutputs(deciding: readonly string[]): InputError {
  const names = deciding.map((name) => `"${name}"`).join(', ');
  return new InputError(`the outputs follow from the elements of input ${names}, and are known after the first run`);
}
