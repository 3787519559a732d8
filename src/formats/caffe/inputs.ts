/** What a network is fed: its declared inputs, those of Input layers, and what layers of data would bring. */
import { ImportError } from '../../core/errors.ts';
import type { Dim } from '../../ir/graph.ts';
import { range } from '../../util/arrays.ts';
import type { CaffeLayer } from './layer.ts';
import { DATA_LAYERS } from './schema.ts';
import type { TextMessage } from './text-message.ts';
import type { NetWeights } from './weights.ts';
import { labelsOf } from './wiring.ts';

/** An input, its extents as the file suggests them, with names for those of which it says nothing. */
export interface NetInput {
  readonly name: string;
  readonly shape: readonly Dim[];
  /** Messages that say how its pictures are made, those that count first. */
  readonly sources: readonly TextMessage[];
}

/** The inputs, the layers that compute with them, and what only training is fed. */
export interface NetInputs {
  readonly inputs: readonly NetInput[];
  readonly layers: readonly CaffeLayer[];
  readonly labels: ReadonlySet<string>;
}

/** Parts the inputs from the rest of a network. Throws ImportError where extents are not there, or there twice. */
export function netInputs(
  net: TextMessage,
  layers: readonly CaffeLayer[],
  weights: NetWeights,
  file: string,
): NetInputs {
  const rest = layers.filter(({ type }) => type !== 'Input' && !DATA_LAYERS.has(type));
  const brought = layers.filter(({ type }) => DATA_LAYERS.has(type));
  const labels = labelsOf(
    brought.flatMap(({ tops }) => tops.slice(1)),
    rest,
  );
  const inputs = [
    ...declaredInputs(net),
    ...layers.filter(({ type }) => type === 'Input').flatMap(inputsOfLayer),
    ...brought.flatMap((layer) => inputsOfData(layer, labels, { layers: rest, weights })),
  ];
  const names = new Set(inputs.map(({ name }) => name));
  if (names.size < inputs.length) throw new ImportError('two inputs have the same name', { file, format: 'caffe' });
  return { inputs, layers: rest, labels };
}

/** `input`, with an `input_shape` or four numbers of `input_dim` for each. */
function declaredInputs(net: TextMessage): NetInput[] {
  const names = net.texts('input');
  if (names.includes('')) net.fail('input', 'an input has no name');
  const dims = net.counts('input_dim', 1);
  const shapes = net.messages('input_shape').map(shapeOf);
  if (dims.length > 0 && dims.length !== 4 * names.length) {
    net.fail('input_dim', `${names.length} inputs have ${dims.length} numbers of input_dim instead of four each`);
  }
  if (shapes.length > 0 && shapes.length !== names.length) {
    net.fail('input_shape', `${names.length} inputs have ${shapes.length} shapes`);
  }
  return names.map((name, i) => {
    const four = dims.slice(4 * i, 4 * i + 4);
    return { name, shape: shapes[i] ?? (four.length > 0 ? four : namedExtents(name)), sources: [] };
  });
}

function shapeOf(message: TextMessage): number[] {
  return message.counts('dim', 1);
}

/** Extents of a picture, those that are not known by name. */
function namedExtents(name: string, known: readonly (number | undefined)[] = []): Dim[] {
  return ['batch', 'channels', 'height', 'width'].map((extent, i) => known[i] || `${name}_${extent}`);
}

function inputsOfLayer({ tops, message }: CaffeLayer): NetInput[] {
  const shapes = message.message('input_param').messages('shape').map(shapeOf);
  if (shapes.length > 1 && shapes.length !== tops.length) {
    message.fail('input_param', `${tops.length} inputs have ${shapes.length} shapes`);
  }
  return tops.map((name, i) => ({ name, shape: shapes[i] ?? shapes[0] ?? namedExtents(name), sources: [] }));
}

/** Where channels may be found that no layer of data says. */
interface Network {
  readonly layers: readonly CaffeLayer[];
  readonly weights: NetWeights;
}

function inputsOfData(layer: CaffeLayer, labels: ReadonlySet<string>, network: Network): NetInput[] {
  const { message, tops } = layer;
  return tops.flatMap((name, i): NetInput[] => {
    if (labels.has(name)) return [];
    const given = layer.type === 'DummyData' ? dummyShape(message.message('dummy_data_param'), i) : undefined;
    // Files of the first years have with the data what is done to it.
    const sources = ['transform', 'data', 'image_data', 'window_data'].map((param) =>
      message.message(`${param}_param`),
    );
    // How many pictures training takes at once is no property of the network.
    const shape = given ?? namedExtents(name, [1, ...pictureExtents(layer, network, name)]);
    return [{ name, shape, sources }];
  });
}

function dummyShape(param: TextMessage, index: number): number[] | undefined {
  const shapes = param.messages('shape').map(shapeOf);
  const old = ['num', 'channels', 'height', 'width'].map((field) => param.counts(field, 1));
  const four = old.flatMap((list) => list[index] ?? list[0] ?? []);
  return shapes[index] ?? shapes[0] ?? (four.length === 4 ? four : undefined);
}

/** Channels, height and width of the pictures that a layer of data would give. */
function pictureExtents({ type, message }: CaffeLayer, network: Network, name: string): (number | undefined)[] {
  const transform = message.message('transform_param');
  const [memory, image] = [message.message('memory_data_param'), message.message('image_data_param')];
  const resized = transform.message('resize_param');
  const crop = transform.count(
    'crop_size',
    message.message('data_param').count('crop_size', image.count('crop_size', 0)),
  );
  const size = (side: 'height' | 'width', cropped: string): number =>
    transform.count(cropped, crop) || memory.count(side, 0) || resized.count(side, 0) || image.count(`new_${side}`, 0);
  const said = transform.flag('force_color', false) ? 3 : transform.flag('force_gray', false) ? 1 : 0;
  const ofImages = type === 'ImageData' ? (image.flag('is_color', true) ? 3 : 1) : 0;
  const means = transform.numbers('mean_value').length;
  const channels =
    memory.count('channels', 0) || said || ofImages || channelsRead(network, name) || (means > 1 ? means : 0);
  return [channels, size('height', 'crop_h'), size('width', 'crop_w')];
}

/** How many channels the first convolution takes that reads the blob. */
function channelsRead({ layers, weights }: Network, name: string): number {
  const reader = layers.find(({ type, bottoms }) => type === 'Convolution' && bottoms[0] === name);
  const blob = reader && weights.find(reader, 0);
  const group = reader?.message.message('convolution_param').count('group', 1, 1) ?? 1;
  return blob ? (blob.shape[1] ?? 0) * group : 0;
}

/** What of an input's extents is known whatever pictures come: the channels. */
export function knownExtents({ shape }: NetInput): (number | undefined)[] {
  return range(shape.length).map((axis) => {
    const extent = shape[axis];
    return axis === 1 && typeof extent === 'number' ? extent : undefined;
  });
}
