/**
 * How many bytes an element takes is known to `src/core/storage.ts` alone: whoever else wants bytes asks it. Elements that
 * come in fours are no bytes, so `* 4` alone says nothing: the patterns are the spellings that bytes have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const HOME = 'src/core/storage.ts';

/** Who counts bytes that are not those of elements in the engine's buffers, and of what. */
const OTHER_BYTES: Readonly<Record<string, string>> = {
  'src/core/dtype.ts': 'widths in files and at the public boundary, where float16 has two bytes and int64 eight',
  'src/core/raw.ts': 'raw files have these widths',
  'src/cli/tensor-files.ts': 'raw files have these widths',
  'src/formats/onnx/tensor.ts': 'raw data of an ONNX file, which has float64 too',
  'src/formats/safetensors/parse.ts': 'types of a safetensors file',
  'src/formats/tfjs/weights.ts': 'types of a weights manifest',
  'src/ort/tensor-arrays.ts': "callers' typed arrays, of types that the engine does not have",
  'src/node/bmp.ts': 'pixels: red, green, blue and alpha',
  'src/simd/lib/int16-panels.ts': 'int16 panels',
  'src/simd/lib/integer-products.ts': 'scratch memory of int16 rows and int32 sums',
  'src/simd/lib/quantised.ts': 'words of tables, scratch memory of int32 sums',
  'src/simd/quantise/q-linear-mat-mul.ts': 'scratch memory of int16 panels',
  'src/simd/lifetimes.ts': 'linear memory, where elements lie as on the host',
  'src/simd/plan-graph.ts': 'words of parameters',
  'src/runtime/wasm/write-packed.ts': 'float32 weights before they are packed',
  'src/runtime/wasm/pool.ts': 'words by which threads agree',
  'src/simd/normalise/batch-normalization.ts': 'float32 statistics',
  'src/simd/normalise/lrn.ts': 'float32 squares of a row',
  'src/simd/sample/resize.ts': 'words of taps, a position and a weight',
  'src/simd/lib/further-weights.ts': 'float32 weights, and steps from one to the next',
  'src/simd/lib/panels.ts': 'float32 panels',
  'src/simd/product/packed-weights.ts': 'float32 panels',
  'src/simd/conv/implicit.ts': 'patches that a thread packs, and how many stay in a cache',
  'src/simd/conv/winograd.ts': 'points of tiles, and how many stay in a cache',
  'src/simd/conv/winograd-weights.ts': 'float32 panels of points',
  'src/simd/product/product-calls.ts': 'steps from a float32 to the next',
  'src/measure/clock.ts': 'timestamps of eight bytes',
  'shaders/lib/module.ts': 'fields of a parameter struct',
  'shaders/product/tiled.ts': 'workgroup memory, float32 whatever the operands are stored as',
};

const WIDTH = String.raw`(?:[248]\b|\w*(?:[bB]ytes|BYTES)\w*)`;
const COUNT = String.raw`\b(?:product|elementCount)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`;
const LARGEST = String.raw`\b\w*(?:[lL]imit|[sS]ize|[bB]inding)\b(?:\([^()]*\))?`;

const PATTERNS: readonly RegExp[] = [
  // Widths of elements: asked for, or written down.
  /\bBYTES_PER_ELEMENT\b/,
  /\b\w*[bB]ytesPer(Element|Word|Scalar)\b/,
  /\bstoredBytes\b/,
  /\b(?:bytes\w+|\w+Bytes\w*|\w+_BYTES)(?:: [\d |]+)? = [1248]\b(?! \*)/,
  /['"]f(?:loat)?16['"]\)? \? [24] : [24]\b/,
  // So many elements, times a width.
  new RegExp(String.raw`${COUNT} \* ${WIDTH}`),
  new RegExp(String.raw`\b[248] \* \(*${COUNT}`),
  new RegExp(String.raw`\belements\b \* ${WIDTH}`),
  /\b[bB]ytes\w* = (?!.*\bbytesOf\()[^;]*\* (?:2|4|8|16)\b/,
  /\b(?:size|bytes): [^,;{}]*(?<!\*)\* (?:2|4|8|16)\b/,
  /\bnew (?:ArrayBuffer|Uint8Array)\([^;]*\* [248]\)/,
  /\* [248];? *(?:<|>)=? *\w*(?:[lL]imit|[lL]argest|max[A-Z])/,
  /\breturn [^;]* \* tileDepth \* [248];/,
  // So many bytes, over a width.
  /\bbyteLength\)? *(?:\/|>>)/,
  new RegExp(String.raw`${LARGEST} (?:\/ [48]|>>>? [23])\b`),
];

function code(path: string): string {
  return readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

const paths = ['src', 'shaders', 'models'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`),
);

/** Lines with bytes of elements in them, by file. */
const found = new Map(
  paths
    .map(
      (path) =>
        [
          path,
          code(path)
            .split('\n')
            .filter((line) => PATTERNS.some((pattern) => pattern.test(line))),
        ] as const,
    )
    .filter(([path, lines]) => path !== HOME && lines.length > 0),
);

it('counts the bytes of elements in one file', () => {
  const strangers = [...found].filter(([path]) => !Object.hasOwn(OTHER_BYTES, path));
  expect(strangers.map(([path, lines]) => `${path}: ${lines.map((line) => line.trim()).join(' … ')}`)).toEqual([]);
});

it('excuses no file that has nothing to be excused for', () => {
  expect(Object.keys(OTHER_BYTES).filter((path) => !found.has(path))).toEqual([]);
});

it.each([
  'elementCount(desc.shape) * storedBytes(desc.dtype)',
  'const bytes = elementCount(descOf(graph, name).shape) * ELEMENT_BYTES;',
  'const ELEMENT_BYTES = 4;',
  'return operand.elements * storedBytes(operand.dtype);',
  'operandBytes: [elementCount(operand.source.shape) * 4, this.#bytesOf(operand)],',
  'return Math.max(4, product(shape) * 4);',
  'copyBufferToBuffer(buffer, 0, target.gpuBuffer, 0, product(shape) * 4);',
  'const around = 4 * (product(required(context, 0).shape) + product(result(context).shape));',
  'const most = Math.max(4, Math.floor(limit / 4 / depth / 4) * 4);',
  'const fits = p.depth * pitch * 4 <= largestBinding(device);',
  "return bType === 'f16' ? 2 : 4;",
  "return dtype === 'float16' ? 2 : 4;",
  'export function bufferBytes(elements: number, bytesPerElement: 2 | 4 = 4): number {',
  'words(dtype, mapped, 0, mapped.byteLength / 4)',
  'if (data.BYTES_PER_ELEMENT === 4) return data;',
  'const bytes = rows * columns * 4;',
  "device.createBuffer({ label: 'x', size: count * 4, usage })",
])('would see %s', (line) => {
  expect(PATTERNS.some((pattern) => pattern.test(line))).toBe(true);
});

it.each([
  'const quarter = inner.extent / 4;',
  'const loads = (rows + 4 * quads) / (rows * 4 * quads);',
  "{ kind: 'scratch', id: 'parts', elements: splits * count * 4 }",
  'const bytes = bytesOf(wType, count * 4);',
  "chunkOf(context, tiles, bytesOf('f32', tilePoints(outputs) * 4 * (kQuads + quads)));",
  'const TILE_SIZE = 4;',
])('leaves %s alone', (line) => {
  expect(PATTERNS.filter((pattern) => pattern.test(line))).toEqual([]);
});
