/** Inputs and outputs of a network: blobs of Input layers, whose extents a file may suggest, and blobs that nobody reads. */
import { InputError } from '../../core/errors.ts';
import type { Dim, GraphInput, InputShapes } from '../../ir/graph.ts';
import type { Extents } from '../lib/extents.ts';
import type { NcnnLayer, ParamValue } from './net.ts';

/** An input, and what of its extents may be relied on while layers are read. */
export interface NcnnInput {
  readonly port: GraphInput;
  readonly known: Extents;
}

/** Width, height, depth and channels are these parameters; in hints on shapes, numbers 1, 2 and 3 behind the dimensions. */
const [WIDTH, HEIGHT, DEPTH, CHANNELS] = [0, 1, 11, 2];
const SHAPE_HINTS = 30;

/**
 * The inputs, in order. The batch, which ncnn does not have, comes first; extents are what the file suggests, names where it
 * does not. Of a blob without any the rank is that of its `inputShapes`, else it is an image, with the channels that the first
 * convolution of it takes.
 */
export function networkInputs(layers: readonly NcnnLayer[], shapes: InputShapes = {}): NcnnInput[] {
  return layers
    .filter(({ op }) => op === 'Input')
    .flatMap((layer) => layer.outputs.map((name, i) => networkInput(layers, layer, name, i, shapes)));
}

function networkInput(
  layers: readonly NcnnLayer[],
  layer: NcnnLayer,
  name: string,
  index: number,
  shapes: InputShapes,
): NcnnInput {
  const extents = declaredExtents(layer) ?? hintedExtents(layer, index);
  if (extents) return port(name, extents, true);
  const given = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (given && (given.length < 2 || given.length > 5)) {
    throw new InputError(`the shape of "${name}" has ${given.length} extents: it is the batch, and 1 to 4 of a blob`);
  }
  const dims = given ? given.length - 1 : 3;
  const names = { 1: ['width'], 2: ['height', 'width'], 4: ['channels', 'depth', 'height', 'width'] }[dims];
  const channels = given?.[1] ?? firstChannels(layers, name) ?? 'channels';
  return port(name, names ?? [channels, 'height', 'width'], false);
}

function port(name: string, extents: readonly Dim[], isSuggested: boolean): NcnnInput {
  // Of an image the channels are the network's, of rows and vectors their length; the rest is the picture's.
  const fixed = extents.length > 2 ? 0 : extents.length - 1;
  return {
    port: {
      name,
      dtype: 'float32',
      shape: [isSuggested ? 1 : 'batch', ...extents],
      ...(isSuggested ? { suggested: true } : {}),
      ...(isSuggested && extents.length > 2 && typeof extents[0] === 'number' ? { fixed: [1] } : {}),
    },
    known: [undefined, ...extents.map((extent, i) => (i === fixed && typeof extent === 'number' ? extent : undefined))],
  };
}

/** Extents of a blob, outermost first, of which some may be given; undefined where none is. */
function declaredExtents({ params }: NcnnLayer): Dim[] | undefined {
  const [w, h, d, c] = [WIDTH, HEIGHT, DEPTH, CHANNELS].map((id) => extentOf(params.get(id)));
  if (d !== undefined) return [c ?? 'channels', d, h ?? 'height', w ?? 'width'];
  if (c !== undefined) return [c, h ?? 'height', w ?? 'width'];
  if (h !== undefined) return [h, w ?? 'width'];
  return w === undefined ? undefined : [w];
}

/** Extents by the hints that tools leave on the blobs of a layer: dimensions, width, height and channels of each. */
function hintedExtents({ params }: NcnnLayer, index: number): Dim[] | undefined {
  const hints = params.get(SHAPE_HINTS);
  if (!Array.isArray(hints)) return undefined;
  const [dims, ...extents] = hints.slice(4 * index, 4 * index + 4).map(extentOf);
  if (dims === undefined || dims > 3) return undefined;
  const own = extents.slice(0, dims).filter((extent) => extent !== undefined);
  return own.length === dims ? own.reverse() : undefined;
}

function extentOf(value: ParamValue | undefined): number | undefined {
  if (value === undefined || typeof value === 'string' || !('int' in value)) return undefined;
  return value.int !== undefined && value.int > 0 ? value.int : undefined;
}

/** The channels that the first convolution of a blob takes, through layers that leave them as they are. */
function firstChannels(layers: readonly NcnnLayer[], input: string): number | undefined {
  const same = new Set([input]);
  for (const { op, inputs, outputs, params } of layers) {
    if (!inputs.some((name) => same.has(name))) continue;
    if (op === 'Convolution' || op === 'ConvolutionDepthWise') return channelsOf(params);
    // Other layers may change them.
    if (op !== 'Split') return undefined;
    for (const name of outputs) same.add(name);
  }
  return undefined;
}

function channelsOf(params: NcnnLayer['params']): number | undefined {
  const [outputs, width, height, size, group] = [0, 1, 11, 6, 7].map((id) => extentOf(params.get(id)));
  if (outputs === undefined || width === undefined || size === undefined) return undefined;
  const channels = ((group ?? 1) * size) / outputs / width / (height ?? width);
  return Number.isInteger(channels) ? channels : undefined;
}

/** Blobs that no layer reads: what leaves the network. */
export function networkOutputs(layers: readonly NcnnLayer[]): string[] {
  const read = new Set(layers.flatMap(({ inputs }) => inputs));
  return layers.flatMap(({ outputs }) => outputs.filter((name) => !read.has(name)));
}
