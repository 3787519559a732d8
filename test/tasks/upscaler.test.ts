/** Pictures enlarged by small networks, whose answers are known: factors, margins, parts, grey, alpha; and what is refused. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { Session } from '../../src/session/session.ts';
import { createUpscaler } from '../../src/tasks/upscaler.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { randomSource } from '../helpers/random.ts';

const cpu = { backend: 'cpu' } as const;
const random = randomSource(17);

function noise(width: number, height: number, alpha = (): number => 255): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? alpha() : Math.floor(random() * 256);
  return { width, height, data };
}

interface Made {
  readonly channels?: 1 | 3;
  readonly extents?: readonly [height: number | string, width: number | string];
  /** From channels last to a picture. */
  readonly write: (b: GraphBuilder, x: string, channels: number) => string;
}

function network({ channels = 3, extents = ['h', 'w'], write }: Made): Graph {
  const b = new GraphBuilder('small');
  b.output(write(b, b.input('picture', 'float32', [1, ...extents, channels]), channels));
  return b.build();
}

const same = (value: number): readonly number[] => [value, value];

/** Weights of a square window that add up to about 1 for each channel. */
function weights(b: GraphBuilder, channels: number, kernel: number, sum = 1): string {
  const count = kernel * kernel * channels * channels;
  const own = Array.from({ length: count }, () => (2 * random() * sum) / (kernel * kernel * channels));
  return b.constant('w', tensorOf('float32', [kernel, kernel, channels, channels], own));
}

const conv = (b: GraphBuilder, x: string, channels: number, pad = 0, stride = 1): string =>
  b.one('Conv', [x, weights(b, channels, 3)], {
    strides: same(stride),
    dilations: same(1),
    pads: [pad, pad, pad, pad],
    padMode: 'explicit',
    group: 1,
    activation: NO_ACTIVATION,
  });

/** A window of 4 that doubles, as waifu2x ends: of n pixels 2n − 2 − 2·pad + 2. */
const doubled = (b: GraphBuilder, x: string, channels: number, pad: number): string =>
  b.one('ConvTranspose', [x, weights(b, channels, 4, 4)], {
    strides: same(2),
    dilations: same(1),
    pads: [pad, pad, pad, pad],
    autoPad: 'explicit',
    outputPads: same(0),
    outputShape: [],
    group: 1,
    activation: NO_ACTIVATION,
  });

/** Each pixel repeated. */
const repeated = (b: GraphBuilder, x: string, down: number, across = down): string =>
  b.one('Resize', [x, b.constant('scales', tensorOf('float32', [4], [1, down, across, 1]))], {
    ...PLAIN_RESIZE,
    mode: 'nearest',
    coordinateMode: 'asymmetric',
    nearestMode: 'floor',
  });

/** The network's answer for the whole picture, computed by itself. */
async function wholeAnswer(graph: Graph, shape: readonly number[], data: Float32Array): Promise<Float32Array> {
  using session = await Session.create(graph, { ...cpu, inputShapes: { picture: shape } });
  const [name = ''] = graph.outputs;
  const { [name]: made } = await session.run({ picture: { shape, data } });
  return Float32Array.from(made?.data ?? []);
}

const SEEN_FAR: Readonly<Record<string, Made>> = {
  'valid windows and a transposed one': {
    write: (b, x, c) => doubled(b, conv(b, conv(b, x, c), c), c, 3),
  },
  'padded windows, each pixel repeated three times': {
    write: (b, x, c) => repeated(b, conv(b, conv(b, x, c, 1), c, 1), 3),
  },
  'a way down by two and up again': {
    write: (b, x, c) => repeated(b, conv(b, conv(b, x, c, 1, 2), c, 1), 2),
  },
  'as large as it was': { write: (b, x, c) => conv(b, x, c, 1) },
};

const SIZES = [
  [1, 1],
  [3, 5],
  [17, 1],
  [40, 23],
] as const;

describe('createUpscaler', () => {
  describe.each(Object.entries(SEEN_FAR))('%s', (_, made) => {
    const graph = network(made);

    it('gives the same by parts as at once', async () => {
      using upscaler = await createUpscaler(graph, cpu);
      for (const [width, height] of SIZES) {
        const picture = noise(width, height);
        const whole = await upscaler.upscale(picture);
        expect(whole).toMatchObject({ width: width * upscaler.factor, height: height * upscaler.factor });
        for (const tile of [1, 4, 7]) expect((await upscaler.upscale(picture, { tile })).data).toEqual(whole.data);
      }
    });
  });

  it('repeats the edge around a picture of which a network loses some', async () => {
    const graph = network({ write: (b, x, c) => doubled(b, conv(b, x, c), c, 3) });
    using upscaler = await createUpscaler(graph, cpu);
    expect(upscaler.factor).toBe(2);
    const [width, height] = [5, 4];
    const picture = noise(width, height);
    // Of 2·(n − 2) − 4 pixels: four are missing a side, of which two come from each pixel of the border.
    const margin = 2;
    const shape = [1, height + 2 * margin, width + 2 * margin, 3];
    const clamp = (at: number, extent: number): number => Math.min(extent - 1, Math.max(0, at - margin));
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => {
      const pixel = Math.floor(i / 3);
      const [x, y] = [clamp(pixel % (shape[2] ?? 1), width), clamp(Math.floor(pixel / (shape[2] ?? 1)), height)];
      return (picture.data[4 * (y * width + x) + (i % 3)] ?? NaN) / 255;
    });
    const expected = await wholeAnswer(graph, shape, data);
    expect(expected).toHaveLength(2 * width * 2 * height * 3);
    const { data: bytes } = await upscaler.upscale(picture);
    const colours = [...bytes].filter((_, i) => i % 4 !== 3);
    expect(colours).toEqual([...Uint8ClampedArray.from(expected, (value) => value * 255)]);
  });

  it('enlarges the luma of a network that makes grey, and the colours beside it', async () => {
    // 2n − 1 pixels, the first of which is the first.
    const graph = network({ channels: 1, write: (b, x) => cut(b, repeated(b, x, 2)) });
    using upscaler = await createUpscaler(graph, cpu);
    const grey = {
      width: 3,
      height: 2,
      data: Uint8ClampedArray.from([9, 80, 255, 3, 17, 200].flatMap((v) => [v, v, v, 255])),
    };
    const { data, ...size } = await upscaler.upscale(grey);
    expect(size).toEqual({ width: 6, height: 4 });
    const [first, second] = [row([9, 80, 255]), row([3, 17, 200])];
    expect([...data]).toEqual([...first, ...first, ...second, ...second]);
    // One colour stays what it is, whatever the luma's network does with equal pixels.
    const colour = {
      width: 2,
      height: 2,
      data: Uint8ClampedArray.from([1, 2, 3, 4].flatMap(() => [200, 40, 90, 255])),
    };
    expect(new Set((await upscaler.upscale(colour)).data)).toEqual(new Set([200, 40, 90, 255]));
  });

  it('enlarges alpha smoothly, and leaves an opaque picture opaque', async () => {
    using upscaler = await createUpscaler(network({ write: (b, x) => repeated(b, x, 2) }), cpu);
    const ramp = noise(8, 1);
    for (let x = 0; x < 8; x++) ramp.data[4 * x + 3] = 20 * x;
    const { data } = await upscaler.upscale(ramp, { tile: 3 });
    const alpha = [...data].filter((_, i) => i % 4 === 3).slice(0, 16);
    // Halfway between pixels of a ramp, but for the ends.
    expect(alpha.slice(3, 13)).toEqual([25, 35, 45, 55, 65, 75, 85, 95, 105, 115]);
    const opaque = await upscaler.upscale(noise(3, 3));
    expect(opaque.data.every((byte, i) => i % 4 !== 3 || byte === 255)).toBe(true);
  });

  it('takes channels first, other ranges and orders, and inputs of one size', async () => {
    const b = new GraphBuilder('first');
    const x = b.input('picture', 'float32', ['n', 3, 'h', 'w']);
    const last = b.one('Transpose', [x], { perm: [0, 2, 3, 1] });
    b.output(b.one('Transpose', [repeated(b, last, 2)], { perm: [0, 3, 1, 2] }));
    const preprocessing = { channelOrder: 'bgr', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] } as const;
    const picture = noise(5, 3);
    using first = await createUpscaler(b.build(), { ...cpu, preprocessing });
    const expected = repeatedPixels(picture, 2);
    expect((await first.upscale(picture)).data).toEqual(expected);
    using fixed = await createUpscaler(network({ extents: [8, 6], write: (g, p) => repeated(g, p, 2) }), cpu);
    expect((await fixed.upscale(picture)).data).toEqual(expected);
    const larger = noise(23, 20);
    expect((await fixed.upscale([larger]))[0]?.data).toEqual(repeatedPixels(larger, 2));
  });

  it('stops when it is told to', async () => {
    using upscaler = await createUpscaler(network({ write: (b, x) => repeated(b, x, 2) }), cpu);
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(upscaler.upscale(noise(3, 3), { signal: stop.signal })).rejects.toThrow('enough');
  });

  it.each<[string, RegExp, Graph]>([
    ['scores', /no output is a picture of 3 channels/, network({ write: (b, x) => flat(b, x) })],
    ['a mask', /no output is a picture of 3 channels/, network({ write: (b, x) => channel(b, x) })],
    ['a smaller picture', /which is not as large, or enlarged/, network({ write: (b, x, c) => conv(b, x, c, 1, 2) })],
    [
      'a picture twice as wide only',
      /which is not as large, or enlarged/,
      network({ write: (b, x) => repeated(b, x, 1, 2) }),
    ],
    ['half as large again', /which is not as large, or enlarged/, network({ write: (b, x) => repeated(b, x, 1.5) })],
    ['a picture of one size', /which is not as large, or enlarged/, network({ write: (b, x) => first(b, x, 32) })],
  ])('refuses a network that makes %s', async (_, message, graph) => {
    const refused = createUpscaler(graph, cpu);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(InputError);
  });

  it('refuses inputs that are no pictures, numbers that are no colours, and results that are too large', async () => {
    const four = new GraphBuilder('four');
    four.output(four.one('Identity', [four.input('x', 'float32', [1, 4, 'h', 'w'])], {}));
    await expect(createUpscaler(four.build(), cpu)).rejects.toThrow('input "x" is float32 1x4xhxw');
    using broken = await createUpscaler(network({ write: nan }), cpu);
    await expect(broken.upscale(noise(2, 2))).rejects.toThrow('the network gives NaN where colours were expected');
    await expect(broken.upscale(noise(2, 2), { tile: 0 })).rejects.toBeInstanceOf(InputError);
    using large = await createUpscaler(network({ write: (b, x) => repeated(b, x, 8) }), cpu);
    await expect(large.upscale(noise(1300, 1300))).rejects.toThrow(/10400x10400 pixels is too large/);
  });
});

/** All but the last row and column. */
function cut(b: GraphBuilder, x: string): string {
  return b.one('Slice', [x, b.ints('from', [0, 0]), b.ints('to', [-1, -1]), b.ints('axes', [1, 2])], {});
}

const channel = (b: GraphBuilder, x: string): string =>
  b.one('Slice', [x, b.ints('from', [0]), b.ints('to', [1]), b.ints('axes', [3])], {});

const first = (b: GraphBuilder, x: string, side: number): string =>
  b.one('Slice', [x, b.ints('from', [0, 0]), b.ints('to', [side, side]), b.ints('axes', [1, 2])], {});

const flat = (b: GraphBuilder, x: string): string =>
  b.one('Reshape', [x, b.ints('shape', [1, -1])], { allowZero: false });

function repeatedPixels({ width, height, data }: Pixels, factor: number): Uint8ClampedArray {
  const wide = width * factor;
  return Uint8ClampedArray.from({ length: 4 * wide * height * factor }, (_, i) => {
    const pixel = i >> 2;
    const [x, y] = [Math.floor((pixel % wide) / factor), Math.floor(pixel / wide / factor)];
    return data[4 * (y * width + x) + (i & 3)] ?? NaN;
  });
}

/** Greys, each twice. */
const row = (values: readonly number[]): number[] => values.flatMap((v) => [v, v, v, 255, v, v, v, 255]);

const nan = (b: GraphBuilder, x: string): string =>
  b.one('Binary', [x, b.constant('nan', tensorOf('float32', [], [NaN]))], {
    kind: 'add',
    activation: NO_ACTIVATION,
  });
