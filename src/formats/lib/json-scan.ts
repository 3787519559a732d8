/** What `JSON.parse` does not tell: how deep a text is nested, and keys that an object has twice. */

/** What the text of a JSON document may not be. */
export interface JsonRules {
  readonly depth: number;
  readonly uniqueKeys: boolean;
}

/**
 * What is wrong with a JSON text by these rules, in words; undefined for nothing. One pass, without recursion. Of texts
 * that are no JSON it says nothing that counts.
 */
export function brokenJsonRule(text: string, { depth, uniqueKeys }: JsonRules): string | undefined {
  /** For each object that is open its keys; for an array nothing. */
  const open: (Set<string> | undefined)[] = [];
  let [from, to] = [0, 0]; // the last string
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      from = i;
      i = endOfString(text, i);
      to = i + 1;
    } else if (c === '{' || c === '[') {
      if (open.length === depth) return `it is nested more than ${depth} deep`;
      open.push(uniqueKeys && c === '{' ? new Set() : undefined);
    } else if (c === '}' || c === ']') {
      open.pop();
    } else if (c === ':' && uniqueKeys) {
      const keys = open.at(-1);
      const key = unescape(text.slice(from, to));
      if (keys?.has(key)) return `it has the key "${key}" twice`;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** What a string stands for: escapes spell one key in many ways. */
function unescape(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return token; // No JSON: parsing will say so.
  }
}
