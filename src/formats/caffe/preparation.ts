/**
 * How pictures become a network's inputs. Caffe's own pictures are BGR, from 0 to 255; what is done to them is said where
 * training reads its data (`transform_param`), and nowhere in networks that only take blobs.
 */
import { ImportError, LoadError } from '../../core/errors.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import type { GraphInput } from '../../ir/graph.ts';
import { at, range } from '../../util/arrays.ts';
import type { ModelFiles } from '../importer.ts';
import { readBlobProto } from './caffemodel.ts';
import type { NetInput } from './inputs.ts';
import type { TextMessage } from './text-message.ts';

/** What is known of the pictures of one input. */
export interface CaffePreparation {
  /** For whoever feeds it; without where it takes no pictures. */
  readonly said: Pick<GraphInput, 'normalisation' | 'preparation'>;
  /** What the network itself has to subtract, `[1, C, H, W]`, and what it multiplies by then: a mean that differs from pixel to pixel. */
  readonly mean?: { readonly picture: Tensor; readonly scale: number };
  readonly warnings: readonly string[];
}

/** Says how pictures become an input. Rejects with LoadError where its mean file is not there, ImportError where it does not fit. */
export async function preparationOf(input: NetInput, files: ModelFiles): Promise<CaffePreparation> {
  const [, channels, height, width] = input.shape;
  if (input.shape.length !== 4 || (channels !== 1 && channels !== 3)) return { said: {}, warnings: [] };
  const { sources } = input;
  const scale = firstNumber(sources, 'scale', 1);
  if (scale === 0) throw fault(input, files, 'its scale is 0');
  const means = sources.flatMap((source) => source.numbers('mean_value'));
  const named = sources.map((source) => source.text('mean_file', '')).find((name) => name !== '');
  if (named !== undefined && means.length > 0) throw fault(input, files, 'mean_file and mean_value are both given');
  if (means.length > 1 && means.length !== channels) {
    throw fault(input, files, `${means.length} mean values for ${channels} channels`);
  }
  const picture = named === undefined ? undefined : await meanPicture(named, channels, files);
  const flat = picture && constantOfChannels(picture);
  const normalisation = { mean: flat ?? (means.length > 0 ? means : [0]), std: [1 / scale] };
  const said = { normalisation, preparation: { ...framing(input, picture), channelOrder: 'bgr' } };
  if (!picture || flat) return { said, warnings: [] };
  if (typeof height !== 'number' || typeof width !== 'number') {
    throw fault(input, files, `its mean picture "${named ?? ''}" needs to know the extents of the input`);
  }
  const cropped = centreOf(picture, height, width) ?? refuseSmall(input, files, picture);
  return {
    said: { ...said, normalisation: { mean: [0], std: [1] } },
    mean: { picture: cropped, scale },
    warnings: [
      `The mean picture "${named ?? ''}" is subtracted within the graph${scale === 1 ? '' : `, and the scale ${scale} applied`}: "${input.name}" takes pixels, from 0 to 255, in the order BGR`,
    ],
  };
}

function fault({ name }: NetInput, { main }: ModelFiles, reason: string): ImportError {
  return new ImportError(`input "${name}": ${reason}`, { file: main.name, format: 'caffe' });
}

function firstNumber(sources: readonly TextMessage[], field: string, fallback: number): number {
  return sources.find((source) => source.has(field))?.number(field, fallback) ?? fallback;
}

/**
 * How a picture of any size is framed: training reads pictures that were stretched to one size, and networks that crop these see
 * their middle. Where that size is not known, the middle is as large as it can be.
 */
function framing({ sources, shape }: NetInput, mean: Tensor | undefined): Readonly<Record<string, unknown>> {
  const crops = sources.some((source) => ['crop_size', 'crop_h', 'crop_w'].some((field) => source.has(field)));
  if (!crops) return { fit: 'stretch' };
  const sides = ['new_height', 'new_width'].map((field) => firstNumber(sources, field, 0));
  const [height = 0, width = 0] = mean ? mean.shape.slice(2) : sides;
  const longest = Math.max(...shape.slice(2).map(Number));
  return height === width && height >= longest ? { fit: 'cover', shorterSide: height } : { fit: 'cover' };
}

/** Reads a mean picture: where the text says, or beside the network. Rejects with LoadError where it is in neither place. */
async function meanPicture(name: string, channels: number, { main, read }: ModelFiles): Promise<Tensor> {
  const base = name.replace(/^.*[\\/]/, '');
  const isAway = /^(?:[\\/~]|[A-Za-z]:)|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(name);
  const bytes = await read(isAway ? base : name)
    .catch((error: unknown) => {
      if (error instanceof LoadError && base !== name && !isAway) return read(base);
      throw error;
    })
    .catch((cause: unknown) => {
      if (!(cause instanceof LoadError)) throw cause;
      throw new LoadError(`its mean file "${name}" cannot be read: ${cause.reason}`, {
        hint: `Put "${base}" beside "${main.name}"; or take mean_file out of transform_param, and say the mean where pictures are given`,
        cause,
      });
    });
  const { shape, tensor } = readBlobProto({ name: base, bytes });
  const four = [1, 1, 1, 1, ...shape].slice(-Math.max(4, shape.length));
  if (four.length !== 4 || four[0] !== 1 || four[1] !== channels) {
    throw new ImportError(`the mean is [${shape.join(', ')}], no picture of ${channels} channels`, {
      file: base,
      format: 'caffe',
    });
  }
  return { ...tensor(), shape: four };
}

/** The number of each channel, where all its pixels have one. */
function constantOfChannels({ shape, data }: Tensor): number[] | undefined {
  const channels = shape[1] ?? 0;
  const plane = data.length / channels;
  const firsts = range(channels).map((c) => data[c * plane] ?? 0);
  return data.every((value, i) => value === firsts[Math.floor(i / plane)]) ? firsts : undefined;
}

/** The middle of a picture, as Caffe crops it: what is odd is left at the end. Undefined where it is too small. */
function centreOf({ shape, data }: Tensor, height: number, width: number): Tensor | undefined {
  const [, channels = 0, rows = 0, columns = 0] = shape;
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  if (top < 0 || left < 0) return undefined;
  const values = range(channels * height * width).map((i) => {
    const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return at(data, (c * rows + top + y) * columns + left + x);
  });
  return tensorOf('float32', [1, channels, height, width], values);
}

function refuseSmall(input: NetInput, files: ModelFiles, { shape }: Tensor): never {
  const [, , rows, columns] = shape;
  throw fault(
    input,
    files,
    `its mean picture is ${columns} × ${rows} pixels, smaller than [${input.shape.join(', ')}]`,
  );
}
