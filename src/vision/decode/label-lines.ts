/** Names of classes, as files list them; apart from what classifiers need before they have such a file. */

/**
 * Reads class names, one a line; blank lines at the end do not count. `synset` lines begin with a WordNet id
 * (`n01440764 tench`), which is dropped; with `auto` it is dropped when every line has one.
 */
export function parseLabels(text: string, format: 'lines' | 'synset' | 'auto' = 'auto'): string[] {
  const bare = text.replace(/^\uFEFF/, '').trimEnd();
  const lines = bare ? bare.split(/\r?\n/).map((line) => line.trim()) : [];
  const synset = format === 'synset' || (format === 'auto' && lines.every((line) => SYNSET.test(line)));
  return synset ? lines.map((line) => line.replace(SYNSET, '')) : lines;
}

const SYNSET = /^n\d{8}\s+/;
