import { useEffect, useRef } from "react";

/**
 * A button that is barred while what it asked for runs loses the focus, and whoever has no mouse would begin at the top of the page again.
 * What is answered is called before it is barred; once it is not `busy` any more the focus comes back, if nothing else has taken it.
 */
export function useKeptFocus(busy: boolean): () => void {
  const kept = useRef<{ button: HTMLButtonElement; section: Element | null }>(undefined);
  useEffect(() => {
    if (busy || !kept.current) return;
    const { button, section } = kept.current;
    kept.current = undefined;
    if (document.activeElement && document.activeElement !== document.body) return;
    // What it asked for may have taken the button away, or have barred it.
    const title = section?.querySelector<HTMLElement>("h2[tabindex]") ?? document.getElementById("content");
    (button.isConnected && !button.disabled ? button : title)?.focus({ preventScroll: true });
  }, [busy]);
  return () => {
    const button = document.activeElement;
    if (button instanceof HTMLButtonElement) kept.current ??= { button, section: button.closest("section") };
  };
}
