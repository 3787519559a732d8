/** What is said of what people pass by mistake: bytes that are no model, and options of another format. */
import { InputError } from '../core/errors.ts';
import { own } from '../util/own.ts';
import type { Choices, Importer } from './importer.ts';

const ZIP = 'It is a zip archive (PyTorch .pt files are too): unpack or convert it first';
const HDF5 = 'It is an HDF5 file (Keras .h5): convert it with tensorflowjs_converter or tf2onnx';
const CONTAINERS: ReadonlySet<string> = new Set([ZIP, HDF5]);

/** Things people pass by mistake, by their first bytes. */
const LOOKS_LIKE: readonly (readonly [prefix: string | readonly number[], what: string])[] = [
  ['version https://git-lfs', 'It is a Git LFS pointer: fetch the file itself with `git lfs pull`'],
  ['<!doctype', 'It is an HTML page: the download address probably shows the file instead of sending it'],
  ['<html', 'It is an HTML page: the download address probably shows the file instead of sending it'],
  ['<?xml', 'It is an XML document, perhaps the error message of a server'],
  ['PK\u0003\u0004', ZIP],
  [[0x1f, 0x8b], 'It is gzip-compressed: unpack it first'],
  [[0x89, 0x48, 0x44, 0x46], HDF5],
  [[0x80, 0x02], 'It is a Python pickle (PyTorch): export the model to ONNX'],
  [[0x89, 0x50, 0x4e, 0x47], 'It is a PNG picture, not a model'],
  [[0xff, 0xd8, 0xff], 'It is a JPEG picture, not a model'],
  ['{', 'It is JSON, but no TensorFlow.js model.json'],
  ['[', 'It is JSON, but no TensorFlow.js model.json'],
];

/** Models of other tools, by how their files are named. */
const NAMED: Readonly<Record<string, string>> = {
  param:
    'It should be a network of ncnn, which begins with 7767517; older files do not: ncnn itself no longer reads them',
  caffemodel: 'It is the weights of a Caffe model: give the .prototxt that describes the network, with these beside it',
  prototxt:
    'It should be a network of Caffe, which has layers; its beginning is damaged, or it is the text of a solver',
  tflite: 'It should be a TensorFlow Lite model; its beginning is damaged, or it is of a format before version 3',
  pb: 'It is a TensorFlow graph or SavedModel: convert it with tensorflowjs_converter or tf2onnx',
  h5: 'It is a Keras model or its weights: convert it with tensorflowjs_converter or tf2onnx',
  hdf5: 'It is a Keras model or its weights: convert it with tensorflowjs_converter or tf2onnx',
  keras: 'It is a Keras model: convert it with tensorflowjs_converter or tf2onnx',
  pt: 'It is a PyTorch model: export it with torch.onnx.export',
  pth: 'It is a PyTorch model: export it with torch.onnx.export',
  ckpt: 'It is a checkpoint of training: export the model to ONNX',
  safetensors: 'It should be weights in safetensors, without a network; its header is damaged',
  mlmodel: 'It is a Core ML model: export the model that it was made from to ONNX',
  bin: 'It is perhaps the weights of a model: give the file that describes the network, beside which they lie',
};

/** One sentence on what unrecognised bytes look like, and the file's name if they say nothing. */
export function impression(bytes: Uint8Array, name = ''): string {
  if (bytes.length === 0) return 'It is empty';
  const start = latin1(bytes.subarray(0, 64));
  const text = start.trimStart().toLowerCase();
  const known = LOOKS_LIKE.find(([prefix]) =>
    typeof prefix === 'string' ? text.startsWith(prefix.toLowerCase()) : prefix.every((b, i) => bytes[i] === b),
  );
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const named = own(NAMED, extension);
  // What has a magic number of its own is that, but containers, which are of many.
  if (known && !(named && CONTAINERS.has(known[1]))) return known[1];
  if (named) return named;
  const head = Array.from(bytes.subarray(0, 8), (b) => b.toString(16).padStart(2, '0')).join(' ');
  return `It has ${bytes.length} bytes and begins with ${head}`;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Throws InputError for the first option given that the format leaves no choice of, or a graph built by hand. */
export function refuseChoices({ rounding, signature, weights }: Choices, importer: Importer | undefined): void {
  const what = importer?.format ?? 'a graph';
  if (weights !== undefined && !importer?.separateWeights) {
    throw new InputError(`weights are for files of Caffe and ncnn, this is ${what}`, {
      hint: 'Leave the option out: other formats hold their weights, or name the files that do',
    });
  }
  if ((rounding ?? signature) === undefined || importer?.chooses) return;
  const given = rounding === undefined ? `signature "${signature}"` : `rounding "${rounding}"`;
  const why = rounding === undefined ? 'have one use only' : 'say themselves how they round';
  throw new InputError(`${given} is for TensorFlow Lite files, this is ${what}`, {
    hint: `Leave the option out: other formats ${why}`,
  });
}
