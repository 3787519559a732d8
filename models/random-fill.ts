/** Seeded random numbers, uniform and normal, many at a time: a VGG is 138 million of them. */

/** State of a generator, a non-zero 32-bit integer: xorshift32 (Marsaglia 2003). */
export interface BitSource {
  state: number;
}

/** A generator, warmed up so that near seeds diverge. */
export function bitSource(seed: number): BitSource {
  const source = { state: seed | 0 || 1 };
  for (let i = 0; i < 8; i++) uniform(source);
  return source;
}

/** Fills `data` with numbers that are uniform in [from, to). */
export function fillUniform(data: Float32Array, from: number, to: number, source: BitSource): void {
  for (let i = 0; i < data.length; i++) data[i] = from + uniform(source) * (to - from);
}

/** Uniform in [0, 1). */
function uniform(source: BitSource): number {
  let bits = source.state;
  bits ^= bits << 13;
  bits ^= bits >>> 17;
  bits ^= bits << 5;
  source.state = bits;
  return (bits >>> 0) / 2 ** 32;
}

/** Strips of equal area under the density; seven bits of a draw say which. */
const STRIPS = 128;
/** Where the tail begins, and the area of each strip, for 128 strips (Marsaglia & Tsang 2000, section 3). */
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;

interface Strips {
  /** Below this many of 2³¹ a draw lies under the density whatever its height. */
  readonly sure: Int32Array;
  /** Width of the strip, by 2⁻³¹. */
  readonly scale: Float64Array;
  /** Height of the density at the right end of the strip. */
  readonly height: Float64Array;
}

/** Made at first use: importing the module is no work. */
let made: Strips | undefined;

function strips(): Strips {
  if (made) return made;
  const edges = new Float64Array(STRIPS + 1);
  edges[STRIPS] = AREA / density(TAIL); // the lowest strip, tail and all, as wide as a rectangle of its area
  edges[STRIPS - 1] = TAIL;
  for (let i = STRIPS - 2; i > 0; i--) {
    const x = edges[i + 1] ?? 0;
    edges[i] = Math.sqrt(-2 * Math.log(AREA / x + density(x)));
  }
  const [sure, scale, height] = [new Int32Array(STRIPS), new Float64Array(STRIPS), new Float64Array(STRIPS)];
  for (let i = 0; i < STRIPS; i++) {
    const outer = edges[i + 1] ?? 0;
    sure[i] = Math.floor(((edges[i] ?? 0) / outer) * 2 ** 31);
    scale[i] = outer / 2 ** 31;
    height[i] = density(outer);
  }
  return (made = { sure, scale, height });
}

/** The standard normal density, 1 at its top. */
const density = (x: number): number => Math.exp(-0.5 * x * x);

/**
 * Fills `data` with normal numbers of mean 0 and this standard deviation by the ziggurat method (Marsaglia & Tsang
 * 2000): 97 of 100 cost one draw, a comparison and a product. The generator is written out in the loop, where it runs
 * four times as fast as behind a call.
 */
export function fillNormal(data: Float32Array, deviation: number, source: BitSource): void {
  const { sure, scale } = strips();
  let bits = source.state;
  for (let i = 0; i < data.length; i++) {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    const strip = bits & (STRIPS - 1);
    let x = bits * (scale[strip] ?? 0);
    if (Math.abs(bits) >= (sure[strip] ?? 0)) {
      source.state = bits;
      x = atEdge(x, strip, source);
      bits = source.state;
    }
    data[i] = deviation * x;
  }
  source.state = bits;
}

/** What becomes of a draw beyond the sure part of its strip: the tail, under the density, or another draw. */
function atEdge(x: number, strip: number, source: BitSource): number {
  if (strip === STRIPS - 1) return Math.sign(x) * tail(source);
  const { height } = strips();
  const lower = height[strip] ?? 0;
  const upper = strip === 0 ? 1 : (height[strip - 1] ?? 0);
  if (lower + uniform(source) * (upper - lower) < density(x)) return x;
  const another = new Float32Array(1);
  fillNormal(another, 1, source);
  return another[0] ?? 0;
}

/** A number beyond TAIL (Marsaglia 1964). */
function tail(source: BitSource): number {
  while (true) {
    const x = -Math.log(1 - uniform(source)) / TAIL;
    const y = -Math.log(1 - uniform(source));
    if (2 * y > x * x) return TAIL + x;
  }
}
