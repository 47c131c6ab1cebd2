"use client";

import { useEffect } from "react";

/** Runs before the page's script has come: nothing else would hear what is pressed until then. */
const keep = `(() => {
  const kept = [];
  const hear = (event) => {
    const button = event.target instanceof Element && event.target.closest("button[type=button]");
    if (!button || !event.isTrusted) return;
    event.stopImmediatePropagation();
    if (!kept.includes(button)) kept.push(button);
  };
  addEventListener("click", hear, true);
  window.parleyEarlyClicks = () => {
    removeEventListener("click", hear, true);
    return kept.splice(0);
  };
})()`;

declare global {
  interface Window {
    /** Ends the listening, and gives the buttons that were pressed. */
    parleyEarlyClicks?: () => HTMLElement[];
  }
}

/**
 * Keeps what is pressed on a page that the server sent until its script is there: on a slow line a button would look ready and do
 * nothing. Forms wait by themselves, see `SubmitButton`; links need no script. To stand before what it listens for.
 */
export function KeepEarlyClicks() {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a text of our own; as a child its quotes would be escaped
  return <script dangerouslySetInnerHTML={{ __html: keep }} />;
}

/** Presses what was kept. To stand after all that may have been pressed: then that is ready. */
export function PressEarlyClicks() {
  useEffect(() => {
    for (const button of window.parleyEarlyClicks?.() ?? []) button.click();
  }, []);
  return null;
}
