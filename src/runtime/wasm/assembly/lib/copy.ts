/** Runs of floats. */
import { loadPart, storePart } from './vector';

/** Copies so many floats. Gives what lies behind those written. */
export function copy(from: usize, to: usize, count: i32): usize {
  for (; count > 3; count -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  if (count) storePart(to, loadPart(from, count), count);
  return to + (<usize>count << 2);
}

/** Writes so many zeros. Gives what lies behind them. */
export function clear(to: usize, count: i32): usize {
  const end = to + (<usize>count << 2);
  for (; to < end; to += 4) store<i32>(to, 0);
  return end;
}
