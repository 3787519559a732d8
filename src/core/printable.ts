/** Names and labels come out of files: what is printed of them must not steer a terminal, or show another text than it holds. */

/**
 * Control characters, line and paragraph separators, lone surrogates, and format characters, among them those that
 * turn the direction of writing. The joiners stay: scripts and emoji are written with them.
 */
export const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** The text with what has no picture of its own as an escape, `\u{1b}`; what is harmless stays as it is. */
export function printable(text: string): string {
  return text.replace(UNSEEN, (c) => `\\u{${c.codePointAt(0)?.toString(16) ?? ''}}`);
}
