/** The font of strokes: which characters it has, and where it puts them. */
import { describe, expect, it } from 'vitest';
import { GLYPHS, MARKS } from '../../src/draw/glyphs.ts';
import { hasGlyphs, strokedText, strokedWidth } from '../../src/draw/text.ts';

const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCodePoint(32 + i)).filter((c) => !'$^`'.includes(c));

describe('the font', () => {
  it('has ASCII but for three, and the accented letters of western and central Europe', () => {
    expect(ASCII.filter((letter) => !hasGlyphs(letter))).toEqual([]);
    expect(hasGlyphs('ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ')).toBe(true);
    expect(hasGlyphs('ČĎĚŇŘŠŤŮŽĄĘŃŚŹŻŐŰčďěňřšťůžąęńśźżőű')).toBe(true);
    expect(['$', '猫', 'кот', '🙂', '\u0301', 'e\u0338', '__proto__\0'].filter(hasGlyphs)).toEqual([]);
  });

  it('has paths of plain commands, that begin with a move, for all but the space', () => {
    const odd = Object.entries({ ...MARKS, ...GLYPHS }).filter(([letter, glyph]) => {
      const path = typeof glyph === 'string' ? glyph : glyph[1];
      return letter !== ' ' && !/^M[-\d. MLHVCQTAaZz]+$/.test(path);
    });
    expect(odd.map(([letter]) => letter)).toEqual([]);
  });
});

describe('a text in strokes', () => {
  it('is as wide as its letters and what lies between them', () => {
    const { width, strokes } = strokedText('HI');
    expect(width).toBeCloseTo(9.2 + 3.6 + 0.4, 12);
    expect(strokes.map(({ path }) => path)).toEqual([GLYPHS['H']?.[1], GLYPHS['I']?.[1]]);
    expect(strokes[1]?.x).toBeCloseTo(9.2 + 3.6, 12);
    expect(strokedText('')).toEqual({ width: 0, strokes: [] });
    // Capitals of 14 units are 0.7 of a size.
    expect(strokedWidth('H', 20)).toBeCloseTo(9.2, 12);
  });

  it('puts marks on their letters, however the text is written, in place of dots', () => {
    expect(strokedText('é')).toEqual(strokedText('e\u0301'));
    expect(strokedText('é').width).toBe(strokedText('e').width);
    expect(strokedText('î').strokes[0]?.path).toBe(GLYPHS['ı']?.[1]);
    expect(strokedText('É').strokes[1]?.y).toBeLessThan(strokedText('é').strokes[1]?.y ?? 0);
    expect(strokedText('ç').strokes[1]?.y).toBe(14);
  });

  it('shows a box for what the font has not, one a character', () => {
    expect(strokedText('猫🙂').strokes.map(({ path }) => path)).toEqual(['M0 2H7V14H0Z', 'M0 2H7V14H0Z']);
    expect(strokedText('a\n\tb')).toEqual(strokedText('a b'));
  });
});
