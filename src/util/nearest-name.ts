/** "Did you mean": the known name that is spelt most like a wrong one. */

/** The closest of `names` by edit distance, letter case aside; undefined when none is within a third of the length. */
export function nearest(wrong: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.floor(wrong.length / 3) + 1;
  for (const name of names) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** The closest of `names`; where none is close, the first with a part that is: `mobilnet` means `nsfw-mobilenet-v2`. */
export function nearestWithin(wrong: string, names: readonly string[]): string | undefined {
  const whole = nearest(wrong, names);
  if (whole !== undefined) return whole;
  const parts = names.map(partsOf);
  const part = nearest(wrong.replaceAll(/[_ ]/g, '-'), parts.flat());
  return part === undefined ? undefined : names[parts.findIndex((list) => list.includes(part))];
}

/** What a name's words, joined by hyphens, make in a row. Words alone count from four letters on. */
function partsOf(name: string): string[] {
  const words = name.split('-');
  return words
    .flatMap((_, from) => words.slice(from).map((__, count) => words.slice(from, from + count + 1).join('-')))
    .filter((part) => part.length > 3);
}

/** Levenshtein's distance: insertions, deletions and replacements of one letter. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
