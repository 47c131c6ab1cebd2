import { useEffect, useRef, useState } from "react";

/** Of each open popup what had the focus before it, and before what it was opened from. */
const trails = new WeakMap<Element, HTMLElement[]>();

/**
 * Inside a popup that takes the focus: gives it back to where it was. Base UI does so for what is closed; what its owner simply
 * leaves out of the next render would leave somebody without a mouse at the start of the page.
 */
export function ReturnFocus() {
  const [trail] = useState(() => trailTo(document.activeElement));
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (mark.current?.parentElement) trails.set(mark.current.parentElement, trail);
    return () => {
      if (document.activeElement && document.activeElement !== document.body) return;
      (trail.find((stop) => stop.isConnected) ?? document.querySelector<HTMLElement>("main h1"))?.focus();
    };
  }, [trail]);
  return <span ref={mark} hidden />;
}

/** The nearest first. What is in a popup that is about to go may be gone by then, an item of a menu surely: its button stands for it. */
function trailTo(element: Element | null): HTMLElement[] {
  const menu = element?.closest("[role=menu]");
  if (menu) return trailTo(document.getElementById(menu.getAttribute("aria-labelledby") ?? ""));
  if (!(element instanceof HTMLElement)) return [];
  const popup = element.closest("[role=dialog], [role=alertdialog]");
  return [element, ...((popup && trails.get(popup)) ?? [])];
}
