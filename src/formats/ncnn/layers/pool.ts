/** Pools. */
import type { PadMode, PoolWindow } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { WHOLE, type NcnnContext, type NcnnTranslation } from '../context.ts';
import { adaptivePool } from './adaptive-pool.ts';
import { asImage } from './conv.ts';
import { combined, axisSize, sizesVector, type Size } from './sizes.ts';

/** How far the windows reach: `full` beyond the end, up to a whole last one; the rest as in convolutions. */
const PAD_MODES = ['full', 'valid', 'sameUpper', 'sameLower'] as const;

interface NcnnPool {
  readonly kind: 'max' | 'average';
  readonly window: PoolWindow;
  readonly mode: (typeof PAD_MODES)[number];
  readonly countIncludePad: boolean;
}

/** Parameters of a window, and those of a number of positions: where there is none they mean nothing. */
const WINDOW = [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18];

/** What stands in the border of a maximum. */
const LOWEST = -3.4028234663852886e38;

function poolWindow(c: NcnnContext, dims: 1 | 2): NcnnPool {
  const kind = (['max', 'average'] as const)[c.int(0, 0)] ?? c.refuse(`pooling ${c.int(0, 0)}`);
  const mode = PAD_MODES[c.int(5, 0)] ?? c.refuse(`pad mode ${c.int(5, 0)}`);
  const [width, stride, left] = [c.intFrom(1, 1, 0), c.intFrom(1, 2, 1), c.intFrom(0, 3, 0)];
  const right = c.intFrom(0, 14, left);
  const isSame = mode === 'sameUpper' || mode === 'sameLower';
  const two = dims === 2;
  const top = two ? c.intFrom(0, 13, left) : 0;
  const bottom = two ? c.intFrom(0, 15, top) : 0;
  const pads = two ? [top, left, bottom, right] : [left, right];
  // Where the border follows from the extents ncnn does not look at the pads, but to leave them out of an average.
  if (isSame && kind === 'average' && pads.some((pad) => pad > 0))
    c.refuse(`pads [${pads.join(', ')}] in pad mode 2 or 3`);
  const padMode: PadMode = isSame ? mode : 'explicit';
  return {
    kind,
    mode,
    countIncludePad: c.flag(6) || isSame,
    window: {
      kernel: two ? [c.intFrom(1, 11, width), width] : [width],
      strides: two ? [c.intFrom(1, 12, stride), stride] : [stride],
      dilations: range(dims).map(() => 1),
      pads: isSame ? pads.map(() => 0) : pads,
      padMode,
      ceilMode: mode === 'full',
    },
  };
}

/**
 * True where `full` windows differ from those that the operators round up to: they count what lies behind the end as padding, and
 * there may be one that lies on padding alone.
 */
function mustBorder({ mode, kind, countIncludePad, window }: NcnnPool): boolean {
  if (mode !== 'full') return false;
  const dims = window.kernel.length;
  const alone = window.kernel.some((kernel, i) => (window.pads[dims + i] ?? 0) + (window.strides[i] ?? 1) > kernel);
  return alone || (kind === 'average' && countIncludePad);
}

/** The border that makes whole windows of what is left at the end, as large as the extents say. */
function bordered(c: NcnnContext, image: string, { kind, window }: NcnnPool): string {
  const dims = window.kernel.length;
  const begins = window.pads.slice(0, dims);
  const ends = window.kernel.map((kernel, i): Size => {
    const [stride, begin, end] = [window.strides[i] ?? 1, begins[i] ?? 0, window.pads[dims + i] ?? 0];
    const room = combined(c, 'add', axisSize(c, image, i + 2), begin + end - kernel);
    const steps = combined(c, 'floorDiv', combined(c, 'add', room, stride - 1), stride);
    return combined(c, 'add', combined(c, 'sub', combined(c, 'mul', steps, stride), room), end);
  });
  const pads = sizesVector(c, [0, 0, ...begins, 0, 0, ...ends]);
  const y = c.one('Pad', [image, pads, c.scalar('float32', kind === 'max' ? LOWEST : 0)], { mode: 'constant' });
  return c.withExtents(y, [...c.extents(image).slice(0, 2), ...range(dims).map(() => undefined)]);
}

function pooled(c: NcnnContext, image: string, pool: NcnnPool): string {
  const { kind, window, countIncludePad } = pool;
  const border = mustBorder(pool);
  if (border && kind === 'average' && !countIncludePad) c.refuse('an average of windows that may lie on padding alone');
  const x = border ? bordered(c, image, pool) : image;
  const own = border ? { ...window, pads: window.pads.map(() => 0), ceilMode: false } : window;
  return c.aroundLast(x, (last) =>
    kind === 'max' ? c.main('MaxPool', [last], own) : c.main('AveragePool', [last], { ...own, countIncludePad }),
  );
}

function pooling(dims: 1 | 2): NcnnTranslation {
  return (c) => {
    const kind = (['max', 'average'] as const)[c.int(0, 0)] ?? c.refuse(`pooling ${c.int(0, 0)}`);
    const image = asImage(c, c.input(), dims);
    if (c.flag(4) || c.flag(7)) c.ignore(...WINDOW);
    if (c.flag(4)) {
      // A vector of the channels.
      const axes = range(dims).map((i) => i + 2);
      const y = c.aroundLast(image, (x) => c.main(kind === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [x], {}));
      return c.one('Squeeze', [y], { axes });
    }
    if (!c.flag(7)) {
      c.ignore(8, 18);
      return pooled(c, image, poolWindow(c, dims));
    }
    const width = c.int(8, 0);
    const extents = dims === 2 ? [c.int(18, width), width] : [width];
    if (extents.some((extent) => extent < 1 && extent !== WHOLE)) c.fail(`gives [${extents.join(', ')}] positions`);
    return adaptivePool(
      c,
      image,
      kind,
      extents.map((extent) => (extent === WHOLE ? undefined : extent)),
    );
  };
}

/** Pools. */
export const POOL = { Pooling: pooling(2), Pooling1D: pooling(1) };
