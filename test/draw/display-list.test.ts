/** Annotations as shapes: what is drawn for boxes, points, masks and maps of classes, and what is refused. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { Annotation, AnnotationOptions } from '../../src/draw/annotations.ts';
import { classColour } from '../../src/draw/colours.ts';
import type { LinesShape, Shape2D } from '../../src/draw/display-list.ts';
import { displayList } from '../../src/draw/draw.ts';
import { toSvg } from '../../src/draw/svg.ts';
import { range } from '../../src/util/arrays.ts';

const PICTURE = { width: 400, height: 300 };
const CUP: Annotation = { x: 100.4, y: 80, width: 100, height: 90.2, score: 0.523, index: 3, label: 'cup' };

const shapesOf = (annotation: Annotation, options?: AnnotationOptions): readonly Shape2D[] =>
  displayList([annotation], PICTURE, options).shapes;

const textsOf = (shapes: readonly Shape2D[]): string[] =>
  shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));

const linesOf = (shapes: readonly Shape2D[]): LinesShape[] =>
  shapes.flatMap((shape) => (shape.kind === 'lines' ? [shape] : []));

describe('a thing in a box', () => {
  it('is a box on whole pixels in the colour of its class, and a plate with name and score', () => {
    const list = displayList([CUP], PICTURE);
    const colour = classColour(3);
    expect(list).toMatchObject({ ...PICTURE, droppedLabels: 0 });
    expect(list.shapes.map(({ kind }) => kind)).toEqual(['rectangle', 'rectangle', 'rectangle', 'text']);
    expect(list.shapes[1]).toMatchObject({ x: 100, y: 80, width: 100, height: 90, stroke: colour, lineWidth: 2 });
    expect(list.shapes[2]).toMatchObject({ x: 100, y: 64, height: 16, fill: colour });
    expect(list.shapes[3]).toMatchObject({ text: 'cup 52 %', x: 104, size: 13, fill: '#000000' });
  });

  it('has what is known of it in its label', () => {
    expect(textsOf(shapesOf({ ...CUP, label: undefined }))).toEqual(['class 3 52 %']);
    expect(textsOf(shapesOf({ ...CUP, id: 7 }))).toEqual(['#7 cup 52 %']);
    expect(textsOf(shapesOf({ x: 1, y: 2, width: 3, height: 4 }))).toEqual([]);
    expect(textsOf(shapesOf(CUP, { caption: ({ label }, place) => `${place} ${label}` }))).toEqual(['0 cup']);
  });

  it('has a label of one size wherever the picture is shown', () => {
    const large = displayList([CUP], { width: 4000, height: 3000 }, { displayWidth: 400 });
    expect(large).toMatchObject(PICTURE);
    expect(large.shapes.at(-1)).toMatchObject({ kind: 'text', size: 13 });
    expect(large.shapes[1]).toMatchObject({ x: 10, y: 8, width: 10, height: 9, lineWidth: 2 });
  });

  it('has a label cut short where the picture is narrow, and none in one that is smaller still', () => {
    const label = 'a name that is much too long for this';
    const cut = textsOf(displayList([{ ...CUP, label }], { width: 220, height: 200 }).shapes);
    expect(cut).toEqual([expect.stringMatching(/^a name that is much.*…$/)]);
    expect(displayList([{ ...CUP, y: 0 }], { width: 120, height: 10 })).toMatchObject({ droppedLabels: 1 });
  });

  it('is a polygon where it has an outline, and its label stands by its box', () => {
    const outline = [
      { x: 120, y: 80 },
      { x: 200, y: 110 },
      { x: 100, y: 170 },
    ];
    const { shapes } = displayList([{ ...CUP, outline }], { width: 800, height: 600 }, { displayWidth: 400 });
    const lines = [[60, 40, 100, 55, 50, 85]];
    expect(shapes[1]).toMatchObject({ kind: 'lines', closed: true, lines, stroke: classColour(3), lineWidth: 2 });
    expect(shapes.map(({ kind }) => kind)).toEqual(['lines', 'lines', 'rectangle', 'text']);
  });

  it('may have a colour of its own', () => {
    const boxes = [CUP, CUP, { ...CUP, id: 9 }];
    const { shapes } = displayList(boxes, PICTURE, { colourBy: 'instance' });
    expect(new Set(shapes.flatMap((shape) => ('stroke' in shape ? [shape.stroke] : [])))).toEqual(
      new Set(['#000000', ...[0, 1, 9].map(classColour)]),
    );
  });
});

describe('key points', () => {
  it('are joined as people are, as far as they are seen', () => {
    const points = range(17).map((i) => ({ x: 10 * i, y: 5 * i, score: i === 7 ? 0.1 : 0.9 }));
    const shapes = shapesOf({ ...CUP, points });
    expect(shapes.filter(({ kind }) => kind === 'circle')).toHaveLength(16);
    // The left arm ends at its elbow, which is not seen; the right one goes on.
    const [, bones] = linesOf(shapes);
    expect(bones?.lines).toHaveLength(7);
    expect(bones?.lines[0]).toEqual([60, 30, 80, 40, 100, 50]);
  });

  it('are joined as the caller says, and those of meshes are outlines', () => {
    const points = range(468).map((i) => ({ x: i / 2, y: i / 3 }));
    const mesh = shapesOf({ ...CUP, points });
    expect(mesh.filter(({ kind }) => kind === 'circle')).toEqual([]);
    expect(linesOf(mesh)[1]?.lines).toHaveLength(9);
    const two = shapesOf({ ...CUP, points: points.slice(0, 2) }, { skeleton: [[1, 0]] });
    expect(linesOf(two)[1]?.lines).toEqual([[0.5, 1 / 3, 0, 0]]);
  });
});

describe('masks and maps', () => {
  it('are outlines that are filled', () => {
    const mask = { x: 10, y: 20, width: 2, height: 1, data: Uint8Array.of(255, 0) };
    const [region] = linesOf(shapesOf({ ...CUP, mask }, { displayWidth: 800 }));
    expect(region).toMatchObject({ closed: true, fill: classColour(3), fillOpacity: 0.45, stroke: classColour(3) });
    expect(region?.lines).toEqual([[21, 40, 22, 41, 21, 42, 20, 41]]);
  });

  it('of classes have a legend, without the background', () => {
    const data = Uint8Array.of(0, 1, 1, 2, 2, 2, 2, 2);
    const map = { width: 4, height: 2, data, labels: ['background', 'cat', 'dog'], background: 0 };
    const { shapes, droppedLabels } = displayList(map, PICTURE);
    expect(textsOf(shapes)).toEqual(['dog 63 %', 'cat 25 %']);
    expect(linesOf(shapes).map(({ fill }) => fill)).toEqual([1, 2].map(classColour));
    expect(droppedLabels).toBe(0);
    const small = displayList(map, { width: 90, height: 30 });
    expect([textsOf(small.shapes), small.droppedLabels]).toEqual([['dog 63 %'], 1]);
  });
});

describe('what cannot be drawn', () => {
  const refused = (annotation: unknown, options?: object): unknown => {
    try {
      displayList([CUP, annotation as Annotation], PICTURE, options);
    } catch (error) {
      return error instanceof InputError ? error.message : error;
    }
    return 'drawn';
  };

  it.each([
    [{ ...CUP, x: NaN }, 'thing 1 of those to be drawn: x is NaN'],
    [{ ...CUP, width: undefined }, 'width is undefined'],
    [{ ...CUP, height: -1 }, 'its box is 100x-1'],
    [{ ...CUP, x: 1e300 }, 'beyond any picture'],
    [{ ...CUP, score: Infinity }, 'score is Infinity'],
    [{ ...CUP, label: 5 }, 'its label is no text'],
    [{ ...CUP, points: [{ x: 1, y: 2 }, { x: 1 }] }, 'key point 1 is at no place'],
    [{ ...CUP, outline: [{ x: 1, y: 2 }, { y: 1 }] }, 'corner 1 of its outline is at no place'],
    [{ ...CUP, mask: { x: 0, y: 0, width: 2, height: 2, data: new Uint8Array(3) } }, 'its mask of 2x2 has 3 bytes'],
    [{ ...CUP, mask: { x: 0.5, y: 0, width: 1, height: 1, data: new Uint8Array(1) } }, 'at no whole pixels'],
    [null, 'it is no object'],
  ])('%j is named', (annotation, message) => {
    expect(refused(annotation)).toContain(message);
  });

  it('is refused among the options, too', () => {
    expect(refused(CUP, { fontsize: 3 })).toContain('did you mean "fontSize"?');
    expect(refused(CUP, { opacity: 2 })).toContain('opacity is 2');
    expect(refused(CUP, { displayWidth: Infinity })).toContain('displayWidth is Infinity');
    expect(refused({ ...CUP, points: [{ x: 1, y: 1 }] }, { skeleton: [[0, 1]] })).toContain(
      'key point 1, and there are 1',
    );
  });

  it('is no list, or a map whose extents do not fit', () => {
    expect(() => displayList({} as never, PICTURE)).toThrow('no list of things');
    expect(() => displayList({ width: 2, height: 2, data: new Uint8Array(3) }, PICTURE)).toThrow('has 4, not 3');
    expect(() => displayList([CUP], { width: 0, height: 5 })).toThrow(InputError);
  });
});

it('as SVG has its extents, and texts as strokes', () => {
  const list = displayList([{ ...CUP, label: '<&"猫' }], PICTURE);
  const svg = toSvg(list);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="400" height="300" viewBox="0 0 400 300"/);
  expect(svg).not.toMatch(/<text|font|猫|&/);
  expect(svg.match(/<rect /g)).toHaveLength(3);
  const part = toSvg(list, { x: 100, y: 50, width: 40, height: 30, scale: 2 });
  expect(part).toContain('width="80" height="60" viewBox="100 50 40 30"');
});
