/** Writes param files in binary, of the lines of one as text. */
import { LAYER_TYPES } from '../../src/formats/ncnn/layer-types.ts';

/** Words of 32 bits: integers as they are, `{ float }` as the bits of one. */
type Word = number | { readonly float: number };

/** The bytes of words, little-endian. */
export function wordBytes(words: readonly Word[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => {
    if (typeof word === 'number') view.setInt32(4 * i, word, true);
    else view.setFloat32(4 * i, word.float, true);
  });
  return new Uint8Array(view.buffer);
}

function numberWord(text: string): Word {
  return /[.e]/i.test(text) ? { float: Number(text) } : Number(text);
}

function paramWords(param: string): Word[] {
  const [id = '', value = ''] = param.split('=');
  const numbers = value.replace(/,$/, '').split(',').map(numberWord);
  if (Number(id) < 0) return [Number(id), ...numbers];
  return value.includes(',') ? [-23300 - Number(id), numbers.length, ...numbers] : [Number(id), ...numbers];
}

/** The file of these layers, whose blobs are numbered in the order in which they are made. */
export function ncnnParamBin(lines: readonly string[]): Uint8Array {
  const blobs: string[] = [];
  const layers = lines.flatMap((line): Word[] => {
    const [type = '', , reads, makes, ...rest] = line.split(/\s+/);
    const names = rest.slice(0, Number(reads) + Number(makes));
    blobs.push(...names.slice(Number(reads)));
    const params = rest.slice(names.length).flatMap(paramWords);
    return [
      LAYER_TYPES.indexOf(type),
      Number(reads),
      Number(makes),
      ...names.map((name) => blobs.indexOf(name)),
      ...params,
      -233,
    ];
  });
  return wordBytes([7767517, lines.length, blobs.length, ...layers]);
}
