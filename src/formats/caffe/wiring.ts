/**
 * How layers hang together: Caffe's blobs have names that layers may give again (in place), values of a graph have one
 * definition. The last layer to give a blob gives the value of its name.
 */
import { ImportError } from '../../core/errors.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import type { Source } from '../lib/emitter.ts';
import type { CaffeLayer } from './layer.ts';
import { TRAINING_LAYERS } from './schema.ts';

/** A layer whose blobs are values. */
export interface WiredLayer extends Source {
  readonly layer: CaffeLayer;
  /** Values of its bottoms and of its tops. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A layer before it has the same name, and so the weights of that name. */
  readonly isNamesake: boolean;
}

/** A network as nodes, in order. */
export interface Wiring {
  readonly layers: readonly WiredLayer[];
  /** Tops that no layer reads, in Caffe's order: that of their names. */
  readonly outputs: readonly string[];
}

/**
 * Gives every blob of every layer its value, those that are fed as `inputs` says. Throws ImportError where a layer reads what none before it gives, or gives what
 * another gave, not in place.
 */
export function wire(
  layers: readonly CaffeLayer[],
  inputs: ReadonlyMap<string, string>,
  builder: GraphBuilder,
  file: string,
): Wiring {
  const last = new Map(layers.flatMap(({ tops }, i) => tops.map((top) => [top, i] as const)));
  builder.reserve([...inputs.keys(), ...last.keys(), ...layers.map(({ name }) => name)]);
  const values = new Map(inputs);
  const unread = new Set<string>();
  const names = new Set<string>();
  const wired = layers.flatMap((layer, i): WiredLayer[] => {
    const { name, type, bottoms, tops } = layer;
    const fail = (message: string): never => {
      throw new ImportError(message, { file, format: 'caffe', node: name, op: type });
    };
    const read = bottoms.map((bottom) => {
      unread.delete(bottom);
      return values.get(bottom) ?? fail(absent(bottom, last.get(bottom), layers));
    });
    if (type === 'Silence') return [];
    const given = tops.map((top, k) => {
      if (values.has(top) && bottoms[k] !== top)
        fail(`gives "${top}", which is given before: only a layer in place may`);
      const isLast = last.get(top) === i && !inputs.has(top);
      const value = isLast ? top : builder.unique(`${name}:${k}`);
      values.set(top, value);
      unread.add(top);
      return value;
    });
    const isNamesake = names.has(name);
    names.add(name);
    return [
      { name: isNamesake ? builder.unique(name) : name, op: type, layer, inputs: read, outputs: given, isNamesake },
    ];
  });
  const outputs = [...unread].toSorted().map((name) => values.get(name) ?? name);
  if (outputs.length === 0) throw new ImportError('the network gives nothing', { file, format: 'caffe' });
  return { layers: wired, outputs };
}

function absent(bottom: string, giver: number | undefined, layers: readonly CaffeLayer[]): string {
  const later = giver === undefined ? undefined : layers[giver]?.name;
  if (later === undefined) return `reads "${bottom}", which no layer and no input gives`;
  return `reads "${bottom}", which only layer "${later}" gives, not before it: layers stand in a circle, or out of order`;
}

/** Layers as they are when a network is used, and what was left out for it. */
export interface TrimmedNet {
  readonly layers: readonly CaffeLayer[];
  readonly warnings: readonly string[];
}

/**
 * Leaves out what only training has: layers that judge what a network gives, and what is done to the labels alone. A
 * SoftmaxWithLoss is a Softmax, and gives its second top, if it has one, else what was the loss.
 */
export function trim(layers: readonly CaffeLayer[], labels: ReadonlySet<string>): TrimmedNet {
  const gone = new Set(labels);
  const losses: string[] = [];
  const kept = layers.flatMap((layer): CaffeLayer[] => {
    const { name, type, bottoms, tops } = layer;
    const readsLabels = bottoms.length > 0 && bottoms.every((bottom) => gone.has(bottom));
    if (type === 'SoftmaxWithLoss') {
      return [{ ...layer, type: 'Softmax', bottoms: bottoms.slice(0, 1), tops: [tops[1] ?? tops[0] ?? name] }];
    }
    if (type === 'Silence' && !readsLabels) return [layer];
    if (!readsLabels && !TRAINING_LAYERS.has(type)) return [layer];
    for (const top of tops) gone.add(top);
    if (TRAINING_LAYERS.has(type) && type !== 'Silence') losses.push(`"${name}" (${type})`);
    return [];
  });
  const warnings = losses.length > 0 ? [`Layers of training are left out: ${losses.join(', ')}`] : [];
  return { layers: kept, warnings };
}

/** Tops of data layers beyond the first that only training reads: labels. */
export function labelsOf(tops: readonly string[], layers: readonly CaffeLayer[]): Set<string> {
  const useful = new Set<string>();
  const read = new Set(layers.flatMap(({ bottoms }) => bottoms));
  for (const { type, bottoms, tops: given } of layers.toReversed()) {
    const used = type === 'SoftmaxWithLoss' ? bottoms.slice(0, 1) : TRAINING_LAYERS.has(type) ? [] : bottoms;
    if (type === 'SoftmaxWithLoss' || given.some((top) => useful.has(top) || !read.has(top))) {
      for (const bottom of used) useful.add(bottom);
    }
  }
  return new Set(tops.filter((top) => !useful.has(top)));
}
