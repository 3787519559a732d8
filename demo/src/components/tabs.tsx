/** The parts of the page, as tabs that arrow keys move between. */
import type { ComponentChildren, VNode } from 'preact';
import { store, type Tab } from '../state.ts';
import { useStore } from '../store.ts';

const TABS: readonly (readonly [tab: Tab, label: string])[] = [
  ['try', 'Try it'],
  ['hood', 'Under the hood'],
  ['bench', 'Benchmark'],
];

/** How far each key moves; Home and End go to the ends. */
const MOVES: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, Home: -TABS.length, End: TABS.length };

/** The row of tabs. */
export function Tabs(): VNode {
  const active = useStore(store, ({ tab }) => tab);
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const at = TABS.findIndex(([tab]) => tab === active);
    const step = Math.abs(move) === 1 ? (at + move + TABS.length) % TABS.length : move < 0 ? 0 : TABS.length - 1;
    const next = TABS[step]?.[0];
    if (!next) return;
    store.update({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the page" onKeyDown={onKeyDown}>
      {TABS.map(([tab, label]) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === active}
          aria-controls={`panel-${tab}`}
          tabIndex={tab === active ? 0 : -1}
          onClick={() => store.update({ tab })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** What a tab shows; only the active one has contents. */
export function TabPanel({ tab, children }: { readonly tab: Tab; readonly children: ComponentChildren }): VNode {
  const active = useStore(store, (state) => state.tab === tab);
  return (
    <div id={`panel-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`} hidden={!active} class="panel">
      {active && children}
    </div>
  );
}
