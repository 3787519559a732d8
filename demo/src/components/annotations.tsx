/** What was found, over the picture; the list beside it says the same in words. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Box } from '../worker/protocol.ts';

/** `width` and `height` are the picture's, in pixels. Labels and lines keep their size, however large it is shown. */
export function Annotations(props: {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
}): VNode {
  const { width, height, boxes } = props;
  const element = useRef<HTMLDivElement>(null);
  const shownWidth = useShownWidth(element, width / height);
  const [svg, setSvg] = useState('');
  useEffect(() => {
    let current = shownWidth > 0;
    void import('../annotation-svg.ts').then(({ annotationSvg }) => {
      if (current) setSvg(annotationSvg(boxes, { width, height }, shownWidth));
    });
    return () => {
      current = false;
    };
  }, [boxes, width, height, shownWidth]);
  // Shapes of numbers and colours alone: even texts are strokes.
  const content = { __html: svg };
  return <div ref={element} class="overlay" aria-hidden="true" data-testid="boxes" dangerouslySetInnerHTML={content} />;
}

/** How wide a picture of this aspect is shown that fits into the element. */
function useShownWidth(element: { readonly current: HTMLElement | null }, aspect: number): number {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const area = element.current;
    if (!area) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: area.clientWidth, height: area.clientHeight }));
    observer.observe(area);
    return () => observer.disconnect();
  }, []);
  return Math.min(size.width, size.height * aspect);
}
