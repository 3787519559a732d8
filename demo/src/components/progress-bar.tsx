/** How far something is, or that it goes on where nobody knows how far. */
import type { VNode } from 'preact';

/** `share` runs from 0 to 1. Without it a light moves along, drawn by the compositor: nothing of it runs on the page's thread. */
export function ProgressBar({ label, share }: { readonly label: string; readonly share?: number }): VNode {
  const known = share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) };
  return (
    <div class="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...known}>
      {share === undefined ? <span class="progress-unknown" /> : <span style={{ transform: `scaleX(${share})` }} />}
    </div>
  );
}
