/** Terms and what they are here, as a list. */
import type { VNode } from 'preact';

/** `wide` puts several beside each other where there is room. */
export function Facts(props: {
  readonly rows: readonly (readonly [term: string, value: string])[];
  readonly wide?: boolean;
}): VNode {
  return (
    <dl class={props.wide ? 'facts facts-wide' : 'facts'}>
      {props.rows.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
