/** What the steps that find elements which are not zero have in common. */

/** Invocations per workgroup. */
export const SELECT_WORKGROUP = 64;

/** Elements that one invocation looks at. */
export const SELECT_CHUNK = 64;

/** An expression: whether a word is an element that is not zero. By its bits, so that NaN and subnormals count. */
export function isSelected(word: string, float: boolean): string {
  return float ? `(${word} & 0x7fffffffu) != 0u` : `${word} != 0u`;
}
