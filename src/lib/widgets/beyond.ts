/**
 * Attachments for what is wider than its place and scrolls sideways. `data-more` names the edges beyond which there is more; app.css
 * fades those, so that what is cut is seen to be cut, with or without a scrollbar.
 */

/** Half a pixel of rounding is not more. */
const SLACK = 2;

export function showsMore(node: HTMLElement): () => void {
  const look = () => {
    const rest = node.scrollWidth - node.clientWidth - node.scrollLeft;
    const edges = [...(node.scrollLeft > SLACK ? ['left'] : []), ...(rest > SLACK ? ['right'] : [])].join(' ');
    if (edges !== node.dataset['more']) node.dataset['more'] = edges;
  };
  const sizes = new ResizeObserver(look);
  const watch = () => {
    sizes.disconnect();
    sizes.observe(node);
    for (const child of node.children) sizes.observe(child);
    look();
  };
  const children = new MutationObserver(watch);
  children.observe(node, { childList: true });
  node.addEventListener('scroll', look, { passive: true });
  watch();
  return () => {
    sizes.disconnect();
    children.disconnect();
    node.removeEventListener('scroll', look);
  };
}

/** A row of choices without a scrollbar: a wheel that only turns one way moves it too. */
export function strip(node: HTMLElement): () => void {
  const turn = (event: WheelEvent) => {
    if (event.deltaX !== 0 || event.shiftKey || event.ctrlKey || node.scrollWidth <= node.clientWidth) return;
    node.scrollLeft += event.deltaY;
    event.preventDefault();
  };
  node.addEventListener('wheel', turn, { passive: false });
  const leave = showsMore(node);
  return () => {
    node.removeEventListener('wheel', turn);
    leave();
  };
}

/** Brings a choice of a row to its middle. */
export function centre(row: HTMLElement, choice: HTMLElement): void {
  row.scrollLeft = choice.offsetLeft - row.clientWidth / 2 + choice.clientWidth / 2;
}
