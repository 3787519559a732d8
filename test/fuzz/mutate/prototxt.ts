/** Changes of protobuf's text format: words, numbers, strings and braces, twice, gone, elsewhere or others. */
import { EXTREMES, type Dice } from '../dice.ts';

const TOKEN = /"[^"\n]*"|[\w.+-]+|[{}[\]<>:,;]|\s+/g;
const NUMBER = /^-?[\d.]+$/;
const WORDS = ['inf', '-inf', 'nan', 'true', 'constructor', '__proto__', '0x10', '1e400', '-', '"'];

/** A text that differs in a place or a part. */
export function mutatePrototxt(text: string, dice: Dice): string {
  const tokens = text.match(TOKEN) ?? [];
  if (tokens.length === 0) return text;
  const at = dice.int(0, tokens.length - 1);
  const length = dice.chance(0.6) ? 1 : dice.int(1, Math.min(60, tokens.length));
  const part = tokens.slice(at, at + length);
  const change = dice.int(0, 6);
  if (change === 0) tokens.splice(at, length);
  else if (change === 1) tokens.splice(dice.int(0, tokens.length), 0, ...part);
  else if (change === 2) tokens.splice(at, 1, dice.pick(WORDS));
  else if (change === 3) tokens.splice(at, 0, ...Array.from({ length: dice.pick([2, 10, 500]) }, () => '{ a '));
  else if (change === 4) tokens.splice(at, 1, dice.pick(tokens));
  else renumber(tokens, dice);
  return tokens.join('');
}

/** Another number in place of one there is: near by, or one that programs get wrong. */
function renumber(tokens: string[], dice: Dice): void {
  const places = tokens.flatMap((token, i) => (NUMBER.test(token) ? [i] : []));
  if (places.length === 0) return;
  const at = dice.pick(places);
  const near = Number(tokens[at]) + dice.int(-2, 2);
  tokens[at] = String(dice.chance(0.7) ? near : dice.pick(EXTREMES));
}
