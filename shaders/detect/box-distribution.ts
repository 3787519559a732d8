/**
 * Boxes from distributions: each distance is the expectation of a softmax over 0, 1, … (BoxDecode's `distribution`; Li et
 * al., "Generalized Focal Loss", arXiv:2006.04388).
 *
 * Layout: codes are dense rows of four times `bins`, anchors and y dense rows of four.
 * Bindings: 0 codes read (vec4<f32> where `held`, else f32), 1 anchors read vec4<f32>, 2 y read_write f32.
 * Workgroup: 64 × 1 × 1, one side of a box per invocation.
 * Dispatch: dispatch1d(4 · rows, 64).
 * Spec: a BoxDistributionSpec.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { anchorLoad, anchorFields, BOX_WORKGROUP, BOX_FACTORS, CLIP_FIELDS, type AnchorSpec } from '../lib/boxes.ts';
import { f32, u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { keepNanFunction } from '../lib/numbers.ts';

export interface BoxDistributionSpec {
  readonly anchor: AnchorSpec;
  /** Fours of scores that one side has, all held in registers; 0: they are read three times, however many. */
  readonly held: number;
  readonly clips: boolean;
}

export function boxDistributionShader({ anchor, held, clips }: BoxDistributionSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'codes', access: 'read', element: held > 0 ? 'vec4<f32>' : 'f32' },
      { name: 'anchors', access: 'read', element: 'vec4<f32>' },
      { name: 'y', access: 'read_write', element: 'f32' },
    ],
    params: {
      sides: 'u32',
      bins: 'u32',
      ...anchorFields(anchor),
      ...BOX_FACTORS,
      box_extent: 'f32',
      ...(clips ? CLIP_FIELDS : {}),
    },
    workgroupSize: [BOX_WORKGROUP, 1, 1],
    declarations: keepNanFunction(1),
    body: wgsl`
  ${linearIndex(BOX_WORKGROUP)}
  if (i >= params.sides) { return; }
  let row = i >> 2u;
  let side = i & 3u;
  ${anchorLoad(anchor)}
  ${held > 0 ? heldExpectation(held) : READ_EXPECTATION}
  let upright = (side & 1u) == 1u;
  let far = side >= 2u;
  let near_factor = select(params.factor0, params.factor1, upright);
  let far_factor = select(params.factor2, params.factor3, upright);
  let reach = distance * select(near_factor, far_factor, far) * select(size.x, size.y, upright);
  let middle = select(centre.x, centre.y, upright);
  let edge = select(middle - reach, middle + reach - params.box_extent, far);
#if ${clips}
  let low = select(params.low_x, params.low_y, upright);
  let high = select(params.high_x, params.high_y, upright);
  y[i] = keep_nan(edge, min(max(edge, low), high));
#else
  y[i] = edge;
#endif`,
  });
}

/** The distances that four scores stand for. */
const places = (four: number): string => [0, 1, 2, 3].map((j) => f32(4 * four + j)).join(', ');

/** Declares `distance`, of scores that are read once. NaN among them makes the sum of all one. */
function heldExpectation(fours: number): string {
  const all = range(fours);
  const peaks = all.map((k) => `s${k}`).reduce((a, b) => `max(${a}, ${b})`);
  return [
    `let at = i * (params.bins >> 2u);`,
    ...all.map((k) => `let s${k} = codes[at + ${u32(k)}];`),
    `let peaks = ${peaks};`,
    'let peak = max(max(peaks.x, peaks.y), max(peaks.z, peaks.w));',
    ...all.map((k) => `let e${k} = exp(s${k} - peak);`),
    `let total = dot(${all.map((k) => `e${k}`).join(' + ')}, vec4<f32>(1.0));`,
    `let moment = ${all.map((k) => `dot(e${k}, vec4<f32>(${places(k)}))`).join(' + ')};`,
    `let scores = dot(${all.map((k) => `s${k}`).join(' + ')}, vec4<f32>(1.0));`,
    'let distance = keep_nan(scores, moment / total);',
  ].join('\n  ');
}

/** The same of any number of scores. */
const READ_EXPECTATION = `let at = i * params.bins;
  var scores = codes[at];
  var peak = scores;
  for (var k = 1u; k < params.bins; k++) {
    peak = max(peak, codes[at + k]);
    scores += codes[at + k];
  }
  var total = 0.0;
  var moment = 0.0;
  for (var k = 0u; k < params.bins; k++) {
    let e = exp(codes[at + k] - peak);
    total += e;
    moment += f32(k) * e;
  }
  let distance = keep_nan(scores, moment / total);`;
