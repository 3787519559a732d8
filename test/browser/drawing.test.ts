/** Annotations in a page are those of Node: the same pixels are painted on a canvas and by what draws SVG. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { Annotation } from '../../src/draw/annotations.ts';
import { displayList } from '../../src/draw/draw.ts';
import { toSvg } from '../../src/draw/svg.ts';
import { range } from '../../src/util/arrays.ts';
import { withPages } from '../helpers/page-server.ts';

const PICTURE = { width: 400, height: 300 };

const THINGS: Annotation[] = [
  { x: 20, y: 60, width: 150, height: 200, index: 0, label: 'person', score: 0.92, points: person() },
  { x: 25, y: 60, width: 140, height: 100, index: 3, label: 'Gänseblümchen', score: 0.51 },
  { x: 200.7, y: 10.2, width: 190, height: 150, index: 7, id: 12 },
];

const open = withPages();

const painted = (alpha: ArrayLike<number>): boolean[] => Array.from(alpha, (value) => value > 127);

it('on a canvas are painted as SVG is', async () => {
  const list = displayList(THINGS, PICTURE);
  const svg = await sharp(Buffer.from(toSvg(list)))
    .ensureAlpha()
    .extractChannel(3)
    .raw()
    .toBuffer();
  const tab = await open();
  const canvas = await tab.evaluate((...given) => globalThis.page.drawn(...given), THINGS, PICTURE);
  const [inNode, inPage] = [painted(svg), painted(canvas)];
  const both = inNode.filter((is, i) => is && inPage[i]).length;
  const any = inNode.filter((is, i) => is || inPage[i]).length;
  expect(any).toBeGreaterThan(3000);
  // Two rasterisers differ in the edges of lines, which are two pixels broad.
  expect(both / any).toBeGreaterThan(0.95);
});

it('keep the size of a canvas in the page, and give it the pixels of the display', async () => {
  const tab = await open();
  const answer = await tab.evaluate((ratio) => globalThis.page.drawnInPage(ratio), 2);
  // Of 400 pixels 300 are the picture's; the line is four broad.
  expect(answer).toEqual({ own: [400, 200], shown: [200, 100], opaque: [48, 351] });
});

function person(): { x: number; y: number; score: number }[] {
  return range(17).map((i) => ({ x: 60 + 8 * (i % 5) * (i % 2 === 0 ? 1 : -1) + 20, y: 70 + 10 * i, score: 0.9 }));
}
