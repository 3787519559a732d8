/** A passing remark at the edge of the page. */
import type { VNode } from 'preact';
import { store } from '../state.ts';
import { useStore } from '../store.ts';

/** Stays until it is closed or replaced. */
export function Notice(): VNode {
  const notice = useStore(store, (state) => state.notice);
  return (
    <div class="notice-place" role="status" aria-live="polite" data-testid="notice">
      {notice && (
        <div class="notice">
          <span>{notice}</span>
          <button type="button" class="text-button" onClick={() => store.update({ notice: undefined })}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}
