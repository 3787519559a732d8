/** Maps among the outputs of a network: which axes are rows, columns and channels. */
import { at, product } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { HeadInput, HeadOutput } from './head.ts';

/** Where a map lies in an output. */
export interface MapLayout {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The axis of the channels in four dimensions. */
  readonly channelAxis: 1 | 3;
}

/**
 * The layout of a map of the whole input: `[1, h, w, C]`, `[1, C, h, w]`, `[1, h, w]`, or `[1, h·w]` row by row; undefined for
 * extents that have other proportions than the input. Where two layouts fit, the channels are the named classes, else what is nearer the proportions, else the fewer:
 * 21 classes of 20×20 cells are no 20 classes of 21×20.
 */
export function mapLayout({ shape }: HeadOutput, input: HeadInput): MapLayout | undefined {
  if (shape[0] !== 1 || !(product(shape) > 0)) return undefined;
  const found = candidates(shape, input).filter((map) => isInProportion(map, input));
  const named = found.find(({ channels }) => channels === input.classes);
  return named ?? found.sort((a, b) => apart(a, input) - apart(b, input) || a.channels - b.channels)[0];
}

function candidates(shape: readonly number[], input: HeadInput): MapLayout[] {
  const [, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 4) {
    return [
      { height: a, width: b, channels: c, channelAxis: 3 },
      { height: b, width: c, channels: a, channelAxis: 1 },
    ];
  }
  if (shape.length === 3) return [{ height: a, width: b, channels: 1, channelAxis: 3 }];
  if (shape.length !== 2) return [];
  const height = Math.round(Math.sqrt((a * input.height) / input.width));
  const width = a / height;
  return Number.isInteger(width) ? [{ height, width, channels: 1, channelAxis: 3 }] : [];
}

/** A map's extents are those of the input by a stride, up to the cell to which they were rounded. */
function isInProportion(map: MapLayout, input: HeadInput): boolean {
  return apart(map, input) <= Math.max(input.width, input.height) && map.height > 1 && map.width > 1;
}

/** How far a map is from the proportions of the input. */
function apart({ height, width }: MapLayout, input: HeadInput): number {
  return Math.abs(height * input.width - width * input.height);
}

/** The numbers of one channel, float32 `[h, w]`. */
export function channelOf(nodes: BoxNodes, x: string, { channelAxis, height, width }: MapLayout, k: number): string {
  return nodes.reshaped(nodes.columns(x, k, k + 1, channelAxis), [height, width]);
}

/** The output as a map of four dimensions, float32. */
export function asMap({ builder: b }: BoxNodes, { name, dtype, shape }: HeadOutput, layout: MapLayout): string {
  const { height, width, channels } = layout;
  const real = dtype === 'float32' ? name : b.one('Cast', [name], { to: 'float32' });
  if (shape.length === 4) return real;
  return b.one('Reshape', [real, b.ints('map', [1, height, width, channels])], { allowZero: false });
}

/** The first output that a predicate takes, with its layout. */
export function findMap(
  outputs: readonly HeadOutput[],
  input: HeadInput,
  takes: (layout: MapLayout, output: HeadOutput) => boolean,
): readonly HeadOutput[] | undefined {
  const found = outputs.find((output) => {
    const layout = mapLayout(output, input);
    return layout !== undefined && takes(layout, output);
  });
  return found && [found];
}

/** The layout of an output that `findMap` gave. */
export function layoutOf(read: readonly HeadOutput[], input: HeadInput): readonly [HeadOutput, MapLayout] {
  const output = at(read, 0);
  return [
    output,
    at(
      [mapLayout(output, input)].filter((layout) => layout !== undefined),
      0,
    ),
  ];
}
