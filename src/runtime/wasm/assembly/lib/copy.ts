/** Runs of floats. */
import { loadPart, storePart } from './vector';

/** Copies so many floats, to memory that does not overlap. Gives what lies behind those written. */
export function copy(from: usize, to: usize, count: i32): usize {
  const end = to + (<usize>count << 2);
  if (count > 3) {
    // The last four overlap those before.
    const last = from + (<usize>count << 2) - 16;
    for (; from < last; from += 16) {
      v128.store(to, v128.load(from));
      to += 16;
    }
    v128.store(end - 16, v128.load(last));
  } else if (count) {
    storePart(to, loadPart(from, count), count);
  }
  return end;
}

/** Writes so many zeros. Gives what lies behind them. */
export function clear(to: usize, count: i32): usize {
  const end = to + (<usize>count << 2);
  for (; to < end; to += 4) store<i32>(to, 0);
  return end;
}
