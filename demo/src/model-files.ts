/** Sorts what was dropped: pictures from models, and a model's main file from its companions. */

/** Dropped files by what they are for. */
export interface Sorted<F> {
  readonly pictures: readonly F[];
  /** The main file first, as the engine wants them; empty when there is no model. */
  readonly model: readonly F[];
}

/** What of a File is looked at. */
export interface NamedFile {
  readonly name: string;
  readonly type: string;
}

const PICTURE = /\.(jpe?g|png|webp|bmp|gif|avif)$/i;

/** Main files come first: a network's description before what only holds weights. */
const RANKS: readonly RegExp[] = [
  /^model.*\.json$/i,
  /\.onnx$/i,
  /\.json$/i,
  /\.(tflite|param|prototxt)$/i,
  /\.safetensors$/i,
];

/** Pictures by their type or name; everything else belongs to a model. */
export function sortFiles<F extends NamedFile>(files: readonly F[]): Sorted<F> {
  const isPicture = ({ name, type }: F): boolean => type.startsWith('image/') || PICTURE.test(name);
  const rank = ({ name }: F): number => {
    const found = RANKS.findIndex((pattern) => pattern.test(name));
    return found < 0 ? RANKS.length : found;
  };
  const model = files.filter((file) => !isPicture(file)).sort((a, b) => rank(a) - rank(b));
  return { pictures: files.filter(isPicture), model };
}
