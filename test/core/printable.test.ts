/** What `printable` escapes, and what it leaves. */
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/core/printable.ts';

describe('printable', () => {
  it.each(['conv1/weights:0', 'Tür – 猫 "x" \\ 🐈', '👩‍🔬', 'می‌خواهم', 'עברית', 'e\u0301', ''])('leaves %j', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('escapes every control, separator, direction and lone surrogate', () => {
    const ranges = [
      [0, 0x1f],
      [0x7f, 0x9f],
      [0x200e, 0x200f],
      [0x2028, 0x202e],
      [0x2066, 0x2069],
      [0x61c, 0x61c],
      [0xfeff, 0xfeff],
      [0xd800, 0xdfff],
      [0xe0001, 0xe0001],
    ] as const;
    for (const [from, to] of ranges) {
      for (let code = from; code <= to; code++) {
        expect(printable(`a${String.fromCodePoint(code)}b`)).toBe(`a\\u{${code.toString(16)}}b`);
      }
    }
  });
});
