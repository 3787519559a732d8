/** What bytes that are no model look like: people pass all kinds of files by mistake. */

/** Things people pass by mistake, by their first bytes. */
const LOOKS_LIKE: readonly (readonly [prefix: string | readonly number[], what: string])[] = [
  ['version https://git-lfs', 'It is a Git LFS pointer: fetch the file itself with `git lfs pull`'],
  ['<!doctype', 'It is an HTML page: the download address probably shows the file instead of sending it'],
  ['<html', 'It is an HTML page: the download address probably shows the file instead of sending it'],
  ['<?xml', 'It is an XML document, perhaps the error message of a server'],
  ['PK\u0003\u0004', 'It is a zip archive (PyTorch .pt files are too): unpack or convert it first'],
  [[0x1f, 0x8b], 'It is gzip-compressed: unpack it first'],
  [[0x89, 0x48, 0x44, 0x46], 'It is an HDF5 file (Keras .h5): convert it with tensorflowjs_converter or tf2onnx'],
  [[0x80, 0x02], 'It is a Python pickle (PyTorch): export the model to ONNX'],
  [[0x89, 0x50, 0x4e, 0x47], 'It is a PNG picture, not a model'],
  [[0xff, 0xd8, 0xff], 'It is a JPEG picture, not a model'],
  ['{', 'It is JSON, but no TensorFlow.js model.json'],
  ['[', 'It is JSON, but no TensorFlow.js model.json'],
];

/** One sentence on what unrecognised bytes look like. */
export function impression(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'It is empty';
  if (latin1(bytes.subarray(4, 8)) === 'TFL3') return 'It is a TensorFlow Lite model: convert it with tf2onnx';
  const start = latin1(bytes.subarray(0, 64));
  const text = start.trimStart().toLowerCase();
  const known = LOOKS_LIKE.find(([prefix]) =>
    typeof prefix === 'string' ? text.startsWith(prefix.toLowerCase()) : prefix.every((b, i) => bytes[i] === b),
  );
  if (known) return known[1];
  const head = Array.from(bytes.subarray(0, 8), (b) => b.toString(16).padStart(2, '0')).join(' ');
  return `It has ${bytes.length} bytes and begins with ${head}`;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
