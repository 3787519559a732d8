/** Ranks of keys among all of a list: comparing all with all takes neither barriers nor moves. */
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import { wgsl } from './module.ts';

/** The list, and which of equals is first. */
export interface RanksSpec {
  /** Further parameters of the function. */
  readonly list: string;
  /** An expression of these: how many fours the list has. */
  readonly quads: string;
  /** An expression of these and `t`: four of the list. */
  readonly four: string;
  readonly highest: boolean;
}

/**
 * Declares `fn ranks_of(own: vec4<u32>, quad: u32, LIST) -> vec4<u32>`: how many keys of a list come before each of four neighbours of
 * it, the four at `quad`. The greatest comes first; of equals the first, or the last where `highest`. Key 0 stands for no element, and
 * nothing else has it.
 *
 * Four at a time, as reading the others costs more than comparing; ties with fours before and behind all go one way, which takes one off
 * what their keys have to exceed; and signed, as many processors compare.
 */
export function rankFunction({ list, quads, four, highest }: RanksSpec): string {
  const pairs = range(4).flatMap((b) => range(b).map((a) => (highest ? [b, a] : [a, b])));
  return wgsl`
fn signed(keys: vec4<u32>) -> vec4<i32> {
  return bitcast<vec4<i32>>(keys ^ vec4<u32>(0x80000000u));
}
fn ranks_of(own_keys: vec4<u32>, quad: u32, ${list}) -> vec4<u32> {
  let own = signed(own_keys);
  let none = vec4<u32>();
  let one = vec4<u32>(1u);
  var ranks = none;
${pairs.map(([a, b]) => `  ranks[${u32(b ?? 0)}] += u32(own[${u32(a ?? 0)}] == own[${u32(b ?? 0)}]);`).join('\n')}
  for (var t = 0u; t < ${quads}; t++) {
    let others = signed(${four});
    let least = own - vec4<i32>(select(0i, 1i, t ${highest ? '>' : '<'} quad));
${range(4)
  .map((i) => `    ranks += select(none, one, vec4<i32>(others[${u32(i)}]) > least);`)
  .join('\n')}
  }
  return ranks;
}`;
}
