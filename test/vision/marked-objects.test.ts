/** The hand-marked objects are well-formed, and of pictures of the size that the shared ones have. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { intersectionOverUnion } from '../../src/vision/decode/boxes.ts';
import { markedBox, markedPictures } from '../helpers/marked-objects.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

const FACE_POINTS = ['rightEye', 'leftEye', 'nose', 'rightMouth', 'leftMouth'];
const pictures = Object.entries(markedPictures);

describe('marked objects', () => {
  it.each(pictures)('%s: boxes lie in the picture and none is there twice', (_, { width, height, objects }) => {
    for (const object of objects) {
      const { x1, y1, x2, y2 } = markedBox(object);
      expect(x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height && x2 > x1 && y2 > y1, JSON.stringify(object)).toBe(
        true,
      );
      const same = objects.filter((o) => intersectionOverUnion(markedBox(o), { x1, y1, x2, y2 }) > 0.5);
      expect(same).toEqual([object]);
    }
  });

  it('counts what is in the pictures', () => {
    const labels = pictures.map(([, { objects }]) => objects.map((o) => (o.difficult ? `(${o.label})` : o.label)));
    const counts = labels.map((all) =>
      Object.fromEntries([...new Set(all)].map((label) => [label, all.filter((l) => l === label).length])),
    );
    expect(counts).toEqual([
      { person: 4, frisbee: 4, '(person)': 3 },
      { face: 51, '(face)': 1 },
    ]);
  });

  it('points of a face lie in its box, right ones left of left ones, eyes above the nose above the mouth', () => {
    for (const face of markedPictures['faces_1.jpg'].objects) {
      const { x1, y1, x2, y2 } = markedBox(face);
      for (const [name, [x, y]] of Object.entries(face.points ?? {})) {
        expect(FACE_POINTS).toContain(name);
        expect(x > x1 && x < x2 && y > y1 && y < y2, `${name} of ${face.box.join()}`).toBe(true);
      }
      const { rightEye, leftEye, nose, rightMouth, leftMouth } = face.points ?? {};
      const inOrder = (values: readonly (number | undefined)[]): void => {
        const known = values.filter((v) => v !== undefined);
        expect(known, face.box.join()).toEqual([...known].sort((a, b) => a - b));
      };
      inOrder([rightEye?.[0], nose?.[0], leftEye?.[0]]);
      inOrder([rightMouth?.[0], leftMouth?.[0]]);
      inOrder([rightEye?.[1], nose?.[1], rightMouth?.[1]]);
      inOrder([leftEye?.[1], nose?.[1], leftMouth?.[1]]);
    }
  });

  it.runIf(hasSharedData).each(pictures)('%s has the size that is written', (name, { width, height }) => {
    expect(jpegSize(readFileSync(sharedPath(`images/${name}`)))).toEqual({ width, height });
  });
});

/** The size in a JPEG's frame header (SOF0 to SOF2), by the lengths of the segments before it. */
function jpegSize(bytes: Buffer): { width: number; height: number } {
  let at = 2;
  while (![0xc0, 0xc1, 0xc2].includes(bytes.readUInt8(at + 1))) at += 2 + bytes.readUInt16BE(at + 2);
  return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
}
