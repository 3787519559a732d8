/** Normalisations by statistics of the data itself. */
import { groupNorm, layerNorm, rmsNorm, standardise } from '../../lib/composites.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

/** Epsilon where a file gives none. */
const EPSILON = 0.001;

/** What a layer normalises: a view of its blob, the last axes of that, and the shape that its weights have there. */
interface NormView {
  readonly x: string;
  readonly axes: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The view in which so many numbers are normalised together: the last dimension of a blob, or of maps the last two where these
 * are as many as there are weights. Which of the two is meant nobody knows of a map whose width only a picture says: there
 * numbers are taken as many together as there are weights, which is the same in both cases.
 */
function normView(c: NcnnContext, size: number, isAffine: boolean): NormView {
  const x = c.input();
  const width = c.extents(x).at(-1);
  if (c.dims(x) > 3) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  if (c.dims(x) < 3 || width === size) {
    if (isAffine && (width ?? size) !== size) c.fail(`has ${size} weights, but blob "${x}" is ${width} wide`);
    return { x, axes: [-1], weights: [size] };
  }
  if (width === undefined && isAffine) return { x: c.reshape(x, [0, 0, -1, size]), axes: [-1], weights: [size] };
  if (width === undefined && size > 0) c.refuse('normalising maps whose width the file does not fix, without weights');
  if (isAffine && size % (width ?? 1) !== 0) c.fail(`has ${size} weights, but blob "${x}" is ${width} wide`);
  return { x, axes: [-2, -1], weights: width === undefined ? [] : [size / width, width] };
}

/** Mean and deviation, of rows or of maps. */
function layerNormalization(c: NcnnContext): string {
  const size = c.intFrom(0, 0, 0);
  const epsilon = c.float(1, EPSILON);
  const isAffine = c.flag(2, true);
  const { x, axes, weights } = normView(c, size, isAffine);
  if (!isAffine) return standardise(c, x, axes, epsilon).y;
  const [scale, bias] = [c.plain(weights, 'gamma'), c.plain(weights, 'beta')];
  return likeInput(c, x, layerNorm(c, x, { axes, epsilon, scale, bias }).y);
}

/** The root of the mean square, of rows or of maps. */
function rmsNormalization(c: NcnnContext): string {
  const size = c.intFrom(0, 0, 0);
  const epsilon = c.float(1, EPSILON);
  const isAffine = c.flag(2, true);
  const { x, axes, weights } = normView(c, size, isAffine);
  const { y } = rmsNorm(c, x, { axes, epsilon });
  return likeInput(c, x, isAffine ? c.binary('mul', y, c.plain(weights, 'gamma')) : y);
}

/** What was made of a view of the blob, as the blob is. */
function likeInput(c: NcnnContext, view: string, y: string): string {
  const x = c.input();
  return view === x ? y : c.one('Reshape', [y, c.one('Shape', [x], {})], { allowZero: true });
}

/** Groups of the first dimension, with all that lies behind it. */
function groupNormalization(c: NcnnContext): string {
  const groups = c.intFrom(1, 0, 1);
  const channels = c.intFrom(1, 1, 0);
  const epsilon = c.float(2, EPSILON);
  const x = c.input();
  const known = c.extents(x)[1] ?? channels;
  if (channels % groups !== 0 || known !== channels) {
    c.fail(`normalises ${channels} channels in ${groups} groups, of a blob of ${known}`);
  }
  if (!c.flag(3, true)) return groupNorm(c, x, { groups, epsilon });
  const [scale, bias] = [c.plain([channels, 1], 'gamma'), c.plain([channels, 1], 'beta')];
  const perChannel = (y: string): string => c.binary('add', c.binary('mul', y, scale), bias);
  return groupNorm(c, x, { groups, epsilon, perChannel });
}

/** Each map by itself. */
function instanceNormalization(c: NcnnContext): string {
  const channels = c.intFrom(1, 0, 0);
  const epsilon = c.float(1, EPSILON);
  const x = maps(c);
  const spec = { axes: [2, 3], epsilon };
  if (!c.flag(2, true)) return standardise(c, x, spec.axes, epsilon).y;
  const [scale, bias] = [c.plain([channels, 1, 1], 'gamma'), c.plain([channels, 1, 1], 'beta')];
  return layerNorm(c, x, { ...spec, scale, bias }).y;
}

/** The blob, which must be maps. */
function maps(c: NcnnContext): string {
  const x = c.input();
  return c.dims(x) === 3 ? x : c.refuse(`a blob of ${c.dims(x)} dimensions`);
}

/** Caffe's: mean 0, and where it is asked for deviation 1, to which epsilon is added. */
function meanVariance(c: NcnnContext): string {
  const x = maps(c);
  const axes = c.flag(1) ? [1, 2, 3] : [2, 3];
  const mean = (value: string): string => c.one('Reduce', [value], { kind: 'mean', axes, keepDims: true });
  const centred = c.binary('sub', x, mean(x));
  const epsilon = c.float(2, 0.0001);
  if (!c.flag(0)) return centred;
  const deviation = c.one('Unary', [mean(c.one('Unary', [centred], { kind: 'square' }))], { kind: 'sqrt' });
  return c.binary('div', centred, c.binary('add', deviation, c.scalar('float32', epsilon)));
}

/** Divided by a power of a sum of squares: of channels around, or of pixels around. */
function localResponse(c: NcnnContext): string {
  const region = c.int(0, 0);
  const size = c.intFrom(1, 1, 5);
  const [alpha, beta, bias] = [c.float(2, 1), c.float(3, 0.75), c.float(4, 1)];
  const x = maps(c);
  if (region === 0) {
    // As many channels on each side: of an even number of them one more takes part than they are divided by.
    const odd = size % 2 === 0 ? size + 1 : size;
    const attributes = { size: odd, alpha: (alpha / size) * odd, beta, bias };
    return c.aroundLast(x, (last) => c.main('LRN', [last], attributes));
  }
  if (region !== 1) c.refuse(`region ${region}`);
  const before = Math.floor(size / 2);
  const pads = [before, before, size - before - 1, size - before - 1];
  const window = {
    kernel: [size, size],
    strides: [1, 1],
    dilations: [1, 1],
    padMode: 'explicit',
    ceilMode: false,
  } as const;
  const mean = c.aroundLast(c.one('Unary', [x], { kind: 'square' }), (last) =>
    c.main('AveragePool', [last], { ...window, pads, countIncludePad: true }),
  );
  const base = c.binary('add', c.binary('mul', mean, c.scalar('float32', alpha)), c.scalar('float32', bias));
  return c.binary('mul', x, c.binary('pow', base, c.scalar('float32', -beta)));
}

/** Divided by the norm of pixels, of maps or of all, and multiplied by factors. */
function normalize(c: NcnnContext): string {
  const x = maps(c);
  const spatial = c.flag(0) ? [2, 3] : [];
  const channels = c.flag(4, true) ? [1] : [];
  const axes = [...channels, ...spatial];
  if (axes.length === 0) c.refuse('normalising each number by itself');
  const epsilon = c.scalar('float32', c.float(2, 0.0001));
  const sum = c.one('Reduce', [x], { kind: 'sumSquare', axes, keepDims: true });
  const norm = normOf(c, sum, epsilon);
  const count = c.intFrom(1, 3, 0);
  if (c.flag(1) && count !== 1) c.fail(`shares ${count} factors among its channels`);
  return c.binary('mul', c.binary('div', x, norm), c.plain([count, 1, 1], 'scale'));
}

/** Where epsilon keeps the norm from being 0: Caffe's way, PyTorch's or TensorFlow's. */
function normOf(c: NcnnContext, sum: string, epsilon: string): string {
  const root = (value: string): string => c.one('Unary', [value], { kind: 'sqrt' });
  const mode = c.int(9, 0);
  if (mode === 0) return root(c.binary('add', sum, epsilon));
  if (mode === 1) return c.binary('max', root(sum), epsilon);
  return mode === 2 ? root(c.binary('max', sum, epsilon)) : c.refuse(`eps_mode ${mode}`);
}

/** Normalisations. */
export const STATISTICS = {
  LayerNorm: layerNormalization,
  RMSNorm: rmsNormalization,
  GroupNorm: groupNormalization,
  InstanceNorm: instanceNormalization,
  MVN: meanVariance,
  LRN: localResponse,
  Normalize: normalize,
} satisfies Record<string, NcnnTranslation>;
