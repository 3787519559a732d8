/**
 * Convolution of 8-bit integers by subgroups, brought to another scale: the lanes of a subgroup load different pixels, unpack them,
 * and pass them round, each to make four channels, or more, of its own. Where a load costs as much as twenty multiply-adds, as
 * on software adapters, that is what counts.
 *
 * Layout: as q-linear-conv.ts has it; but where sums are i32 x is unsigned, with its zero point and constants: then LLVM takes
 *   products of 16 bits for those of 32.
 * Bindings: x read, w read vec4<u32>, channels read vec4<i32>, y read_write.
 * Workgroup: one subgroup: `pixels` × 4·quads·size channels.
 * Dispatch: [blocks of channels, blocks of pixels, groups].
 * Spec: source of x; rule of rescaling; small, where sums are exact in float32; pixels, quads, and what sums are added up in: f32
 *   only of small ones; size of a subgroup; zeroPoints, where some zw is not 0; how y is stored, packed only if the channels of a
 *   group fill words.
 * Limits: no workgroup storage; needs the feature subgroups, and one size of subgroup.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { isReal, requantisedFoursFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { fours } from '../lib/flat.ts';
import { POSITIVE_BYTES, unpackedFunction, xStepFunction, type SumType, type WordSource } from '../lib/int8.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { elementOf } from '../lib/numbers.ts';
import { bindingOf, packed } from '../lib/storage.ts';
import { WINDOW_PARAMS, WINDOW_SHAPE_PARAMS } from '../lib/window.ts';

export interface QLinearColumnsSpec {
  readonly source: WordSource;
  readonly rule: RescaleRule;
  readonly small: boolean;
  /** Pixels and channel quads of a lane. */
  readonly pixels: number;
  readonly quads: number;
  readonly sums: SumType;
  readonly size: number;
  readonly zeroPoints: boolean;
  readonly y: Storage;
}

/** What the lanes of a subgroup load: as many pixels at a time as there are lanes. */
function shares({ pixels, size }: QLinearColumnsSpec): number {
  return Math.ceil(pixels / size);
}

const lines = (count: number, line: (index: number) => string): string => range(count).map(line).join('\n');

/** `name` of pixel `p`, which a lane has loaded. */
const passed = ({ size }: QLinearColumnsSpec, name: string, p: number): string =>
  `subgroupBroadcast(${name}${Math.floor(p / size)}, ${u32(p % size)})`;

/** Declares `fn small_quotient(a, b) -> u32`: a / b of no more than a hundred. Drivers for processors divide integers lane by lane. */
const SMALL_QUOTIENT = wgsl`
fn small_quotient(a: u32, b: u32) -> u32 {
  let near = u32(i32(f32(i32(a)) / f32(i32(b))));
  return near + select(0u, 1u, (near + 1u) * b <= a) - select(0u, 1u, near * b > a);
}`;

/** Where the first pixel of the subgroup is, the same for all lanes. */
const FIRST_PIXEL = wgsl`
  let row = pixel / params.out_w;
  let image = row / params.out_h;
  let column = pixel - row * params.out_w;
  let line = row - image * params.out_h;`;

/** Where the pixels begin that this lane loads, a little further. */
function pixel(spec: QLinearColumnsSpec, i: number): string {
  const own = `min(lane + ${u32(i * spec.size)}, ${u32(spec.pixels - 1)})`;
  return `
  let column${i} = column + min(${own}, params.pixels - 1u - pixel);
  let rows${i} = small_quotient(column${i}, params.out_w);
  let line${i} = line + rows${i};
  let images${i} = small_quotient(line${i}, params.out_h);
  let image${i} = image + images${i};
  let top${i} = (line${i} - images${i} * params.out_h) * params.stride_h - params.pad_top;
  let left${i} = (column${i} - rows${i} * params.out_w) * params.stride_w - params.pad_left;
  var inputs${i} = ${spec.sums}();`;
}

/** A word of the pixel at a tap, and of the weights there; the products of all. */
function step(spec: QLinearColumnsSpec): string {
  const { pixels, quads, sums, zeroPoints } = spec;
  const load = (i: number): string => `
        let word${i} = select(params.pad_word, x_step(at${i}, c), inside${i});
${sums === 'f32' ? `        let bytes${i} = reals_of(word${i});` : ''}
${zeroPoints ? `        inputs${i} += dot(${sums === 'f32' ? 'reals_of' : 'positive_bytes'}(word${i} & ones), vec4<${sums}>(1));` : ''}`;
  // Of four channels the bytes of each input channel.
  const weights = (q: number): string => `
        let w${q} = w[(weight_row + c) * params.blocks + block${q}];
${lines(4, (k) => `        let w${q}_${k} = unpacked(w${q}[${k}]);`)}
${lines(
  4,
  (d) =>
    `        let b${q}_${d} = vec4<${sums}>(${range(4)
      .map((k) => `w${q}_${k}[${d}]`)
      .join(', ')});`,
)}`;
  const products = (p: number): string =>
    [
      `        let x${p} = ${sums === 'f32' ? passed(spec, 'bytes', p) : `positive_bytes(${passed(spec, 'word', p)})`};`,
      ...range(quads).map(
        (q) =>
          `        acc${p}_${q} += ${range(4)
            .map((d) => `x${p}[${d}] * b${q}_${d}`)
            .join(' + ')};`,
      ),
    ].join('\n');
  return wgsl`
${zeroPoints ? '        let ones = select(0xffffffffu, params.tail * 255u, c + 1u == params.words);' : ''}
${lines(shares(spec), load)}
${lines(quads, weights)}
${lines(pixels, products)}`;
}

/** The row of a lane's pixel under a row of the window. */
const windowRow = (i: number): string => `    let iy${i} = top${i} + ky * params.dilation_h;`;

/** The element of a lane's pixel under a tap, or word. */
const windowTap = (channels: string, i: number): string => `
      let ix${i} = left${i} + kx * params.dilation_w;
      let inside${i} = (iy${i} < params.in_h) & (ix${i} < params.in_w);
      let at${i} = ((image${i} * params.in_h + iy${i}) * params.in_w + ix${i}) * ${channels} + start;`;

/** The sums of every pixel, over the window. */
function sumsOf(spec: QLinearColumnsSpec): string {
  const { x, aligned } = spec.source;
  const byWords = isPacked(x) && aligned;
  const channels = byWords ? 'pitch' : 'params.in_c';
  return wgsl`
${byWords ? '  let pitch = params.in_c / 4u;\n  let start = group * params.group_in / 4u;' : '  let start = group * params.group_in;'}
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    // What lies before the input wraps, and is beyond it.
${lines(shares(spec), windowRow)}
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let weight_row = (ky * params.kernel_w + kx) * params.words;
${lines(shares(spec), (i) => windowTap(channels, i))}
      for (var c = 0u; c < params.words; c++) {
${step(spec)}
      }
    }
  }`;
}

/** The results of a sum, of whose pixel `inputs` is the sum of the inputs. */
function results(spec: QLinearColumnsSpec, sum: string, inputs: string): string {
  // Drivers for processors convert lane by lane.
  if (spec.sums === 'f32' && isReal(spec.rule) && !spec.zeroPoints) {
    return `requantised_reals(${sum} + vec4<f32>(constants), multipliers)`;
  }
  const subtracted = spec.zeroPoints ? ` - zeros * i32(${inputs})` : '';
  return `requantised_fours(vec4<i32>(${sum}) + constants${subtracted}, multipliers, shifts)`;
}

/** Writes the results of all pixels of quad `q`, `words[p]` or what else `made` says. */
function written(spec: QLinearColumnsSpec, made: string, word: string): string {
  const write = isPacked(spec.y)
    ? `y[at + p * y_pitch] = ${word};`
    : `for (var k = 0u; k < lanes; k++) { y[at + p * params.out_c + k] = ${word}[k]; }`;
  return `    if (written) {
      for (var p = 0u; p < many; p++) { ${made} ${write} }
    }`;
}

/**
 * Makes and writes the results of quad `q`, in a loop of unknown length: drivers would be long about unrolling what they run once
 * (lavapipe half a second for 49), and gain nothing. Where lanes are many they are made before it, for an index that is not
 * known is gathered lane by lane, and words are fewer than sums; where they are four, SwiftShader compiles each making for 0.1 s.
 */
function finished(spec: QLinearColumnsSpec, q: number): string {
  const { pixels, sums, zeroPoints, y } = spec;
  const word = isPacked(y) ? packed(range(4).map((k) => `r[${k}]`)) : 'r';
  const inputs = (p: number): string => (zeroPoints ? passed(spec, 'inputs', p) : '');
  if (sums === 'f32') {
    const all = range(pixels).map((p) => `acc${p}_${q}`);
    return `    var sums = array<vec4<f32>, ${u32(pixels)}>(${all.join(', ')});
${written(spec, `let r = ${results(spec, 'sums[p]', 'inputs_of[p]')};`, word)}`;
  }
  const pixel = (p: number): string => {
    return `    { let r = ${results(spec, `acc${p}_${q}`, inputs(p))}; words[${u32(p)}] = ${word}; }`;
  };
  return `    var words: array<${isPacked(y) ? 'u32' : 'vec4<i32>'}, ${u32(pixels)}>;
${lines(pixels, pixel)}
${written(spec, '', 'words[p]')}`;
}

/** Brings the sums to their scale and writes them. */
function tail(spec: QLinearColumnsSpec): string {
  const { pixels, quads, size, sums, zeroPoints, y } = spec;
  const quad = (q: number): string => wgsl`
  {
    let column = min(first + ${u32(q * size)}, params.group_blocks - 1u);
    let channel = group * params.group_out + column * 4u;
    let lanes = min(4u, params.group_out - column * 4u);
    let written = first + ${u32(q * size)} < params.group_blocks;
${lines(4, (k) => `    let c${k} = channels[block${q} * 4u + ${u32(k)}];`)}
    let multipliers = vec4<i32>(c0.y, c1.y, c2.y, c3.y);
    let shifts = vec4<i32>(c0.z, c1.z, c2.z, c3.z);
    let constants = vec4<i32>(c0.x, c1.x, c2.x, c3.x);
    let zeros = vec4<i32>(c0.w, c1.w, c2.w, c3.w);
#if ${isPacked(y)}
    let at = (pixel * params.out_c + channel) / 4u;
#else
    let at = pixel * params.out_c + channel;
#endif
${finished(spec, q)}
  }`;
  const inputs = range(pixels).map((p) => passed(spec, 'inputs', p));
  return wgsl`
  let many = min(params.tile_pixels, params.pixels - pixel);
  let y_pitch = params.out_c / 4u;
#if ${sums === 'f32' && zeroPoints}
  var inputs_of = array<f32, ${u32(pixels)}>(${inputs.join(', ')});
#endif
${lines(quads, quad)}`;
}

export function qLinearColumnsShader(spec: QLinearColumnsSpec): ShaderModule {
  const { source, rule, small, pixels, quads, sums, size, y } = spec;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: elementOf({ storage: source.x, width: 1 }) },
      { name: 'w', access: 'read', element: 'vec4<u32>' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      bindingOf(isPacked(y) ? fours('y', y) : { name: 'y', storage: y, width: 1 }, 'read_write'),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...WINDOW_SHAPE_PARAMS,
      group_in: 'u32',
      group_out: 'u32',
      words: 'u32',
      blocks: 'u32',
      group_blocks: 'u32',
      pad_word: 'u32',
      tail: 'u32',
      pixels: 'u32',
      tile_pixels: 'u32',
      zero_point: 'i32',
      lowest: 'i32',
      highest: 'i32',
    },
    workgroupSize: [size, 1, 1],
    subgroups: true,
    declarations: [
      SMALL_QUOTIENT,
      xStepFunction(source, sums === 'i32'),
      unpackedFunction(sums),
      sums === 'i32' ? POSITIVE_BYTES : '',
      requantisedFoursFunction(rule, small),
    ].join('\n'),
    body: wgsl`
  let group = wid.z;
  let pixel = wid.y * ${u32(pixels)};
  let first = wid.x * ${u32(quads * size)} + lane;
${lines(quads, (q) => `  let block${q} = group * params.group_blocks + min(first + ${u32(q * size)}, params.group_blocks - 1u);`)}
${FIRST_PIXEL}
${lines(shares(spec), (i) => pixel(spec, i))}
${range(pixels)
  .flatMap((p) => range(quads).map((q) => `  var acc${p}_${q} = vec4<${sums}>();`))
  .join('\n')}
${sumsOf(spec)}
${tail(spec)}`,
  });
}
