/** Proposals and the pooling of pyramids, against loops that follow the papers. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { gridAnchors } from '../../src/ir/priors/anchors.ts';
import { addProposals } from '../../models/detection.ts';
import { addPyramidRoiAlign } from '../../models/pyramid-align.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { referenceRun } from '../helpers/reference.ts';

const PICTURE = [64, 96] as const;
const SETUPS = [
  { map: [8, 12], stride: 8, size: 16 },
  { map: [4, 6], stride: 16, size: 32 },
] as const;
/** Of the maps that are pooled: other than those of proposals, so that boxes this small belong to both levels. */
const STRIDES = [1, 2];
const [BEFORE, AFTER, IOU] = [40, 12, 0.6];

const levels = SETUPS.map(({ map, stride, size }) => ({
  map,
  stride,
  anchors: gridAnchors({ map, stride: [stride, stride], ratios: [0.5, 1, 2], sizes: [size] }),
}));

const random = randomSource(5);
const feeds = new Map<string, Tensor>();
levels.forEach(({ map }, k) => {
  feeds.set(`scores${k}`, randomTensor('float32', [1, ...map, 3], random, -3, 3));
  feeds.set(`codes${k}`, randomTensor('float32', [1, ...map, 12], random, -0.7, 0.7));
  feeds.set(`map${k}`, randomTensor('float32', [1, ...map, 5], random, -1, 1));
});

function build(): { graph: Graph; boxes: string; pooled: string } {
  const b = new GraphBuilder('proposals');
  for (const [name, { dtype, shape }] of feeds) b.input(name, dtype, shape);
  const proposals = addProposals(
    b,
    levels.map(({ anchors }, k) => ({ scores: `scores${k}`, codes: `codes${k}`, anchors })),
    { picture: PICTURE, before: BEFORE, after: AFTER, iou: IOU, minSize: 4 },
  );
  const pooled = addPyramidRoiAlign(
    b,
    STRIDES.map((stride, k) => ({ map: `map${k}`, stride })),
    proposals,
    3,
  );
  for (const name of [proposals.boxes, pooled]) b.output(name);
  return { graph: b.build(), boxes: proposals.boxes, pooled };
}

const cut = (v: number, most: number): number => Math.min(Math.max(v, 0), most);

interface Found {
  readonly box: readonly number[];
  readonly score: number;
  readonly level: number;
}

/** Sorted, decoded, cut, filtered and suppressed, one box at a time. */
function expectedBoxes(): number[][] {
  const found = levels.flatMap(({ anchors }, level): Found[] => {
    const scores = Array.from(feeds.get(`scores${level}`)?.data ?? []);
    const codes = feeds.get(`codes${level}`)?.data ?? new Float32Array();
    const order = scores.map((_, i) => i).sort((i, j) => (scores[j] ?? 0) - (scores[i] ?? 0));
    return order.slice(0, BEFORE).map((i) => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = anchors.data.subarray(4 * i);
      const [dx = 0, dy = 0, dw = 0, dh = 0] = codes.subarray(4 * i);
      const [w, h] = [x2 - x1, y2 - y1];
      const [cx, cy] = [(x1 + x2) / 2 + dx * w, (y1 + y2) / 2 + dy * h];
      const [bw, bh] = [w * Math.exp(dw), h * Math.exp(dh)];
      const box = [cut(cx - bw / 2, 96), cut(cy - bh / 2, 64), cut(cx + bw / 2, 96), cut(cy + bh / 2, 64)];
      return { box, score: scores[i] ?? 0, level };
    });
  });
  const kept: Found[] = [];
  for (const one of found.sort((p, q) => q.score - p.score)) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = one.box;
    if (Math.min(x2 - x1, y2 - y1) < 4) continue;
    if (kept.every((k) => k.level !== one.level || overlap(k.box, one.box) <= IOU)) kept.push(one);
  }
  return kept.slice(0, AFTER).map(({ box }) => [...box]);
}

function overlap(
  [a = 0, b = 0, c = 0, d = 0]: readonly number[],
  [e = 0, f = 0, g = 0, h = 0]: readonly number[],
): number {
  const shared = Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f));
  return shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared);
}

describe('proposals', () => {
  const { graph, boxes, pooled } = build();

  it('are the best of each level that overlap no better one', () => {
    const actual = referenceRun(graph, feeds).get(boxes);
    const expected = expectedBoxes();
    expect(actual?.shape).toEqual([AFTER, 4]);
    // Boxes are float32.
    expected.flat().forEach((v, i) => expect(actual?.data[i]).toBeCloseTo(v, 3));
  });

  it('have parts of the map of their size', () => {
    const results = referenceRun(graph, feeds);
    const own = results.get(boxes);
    if (!own) throw new Error('no boxes');
    const single = STRIDES.map((stride, k) => {
      const b = new GraphBuilder(`level ${k}`);
      for (const [name, { dtype, shape }] of feeds) b.input(name, dtype, shape);
      b.initializer('boxes', own);
      b.initializer(
        'pictures',
        tensorOf(
          'int64',
          [AFTER],
          Array.from({ length: AFTER }, () => 0),
        ),
      );
      b.output(addPyramidRoiAlign(b, [{ map: `map${k}`, stride }], { boxes: 'boxes', pictures: 'pictures' }, 3));
      return [...referenceRun(b.build(), feeds).values()][0]?.data ?? [];
    });
    // By strides of 1 and 2, boxes of 224 · 2 / 16 pixels and more belong to the second map.
    const chosen = Array.from({ length: AFTER }, (_, i) => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = own.data.subarray(4 * i);
      return Math.sqrt((x2 - x1) * (y2 - y1)) >= 28 ? 1 : 0;
    });
    expect(new Set(chosen).size).toBe(2);
    const expected = chosen.flatMap((k, i) => Array.from(single[k]?.slice(i * 45, (i + 1) * 45) ?? []));
    expect(results.get(pooled)?.shape).toEqual([AFTER, 3, 3, 5]);
    expect(Array.from(results.get(pooled)?.data ?? [])).toEqual(expected);
  });

  it('are computed on the GPU in one submit, with nothing read back before the end', async () => {
    let submits = 0;
    const count = (device: GPUDevice): void => {
      const submit = device.queue.submit.bind(device.queue);
      device.queue.submit = (buffers) => {
        submits++;
        return submit(buffers);
      };
    };
    const gpu = async (): Promise<GPUAdapter> => {
      const { adapter } = await openGpu();
      const request = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => {
        const device = await request(descriptor);
        count(device);
        return device;
      };
      return adapter;
    };
    const session = await Session.create(graph, { gpu });
    try {
      const inputs = Object.fromEntries(feeds);
      await session.run(inputs);
      submits = 0;
      const actual = await session.run(inputs);
      expect(submits).toBe(1);
      for (const [name, expected] of referenceRun(graph, feeds)) {
        const own = actual[name];
        expect(own?.shape).toEqual(expected.shape);
        if (own) expectClose(own, expected, floatTolerance(16, 64), name);
      }
    } finally {
      session.dispose();
    }
  });
});
