import { type FormEvent, type RefObject, useEffect, useRef } from "react";

type Box = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export interface Following {
  /** To be spread on the form. */
  form: { ref: RefObject<HTMLFormElement | null>; onInput: (event: FormEvent<HTMLFormElement>) => void };
  /** Call as a save begins; call what it returns once that has succeeded. */
  beginSave: () => () => void;
  /** What a box showed as stored before somebody typed into it. */
  began: (name: string) => string;
}

/**
 * Shows in a form's boxes what is stored now, by this save or another, except where somebody has typed since. Each box says by
 * `data-stored` what is stored.
 */
export function useFollowStored(): Following {
  const ref = useRef<HTMLFormElement>(null);
  const shown = useRef(new WeakMap<Box, string>());
  /** When something was typed into a box that no save has taken, as a count of what was typed into the form. */
  const typed = useRef(new Map<Box, number>());
  const count = useRef(0);
  useEffect(() => {
    for (const box of ref.current?.querySelectorAll<Box>("[data-stored]") ?? []) {
      const stored = box.dataset.stored ?? "";
      const before = shown.current.get(box);
      if (before === stored || typed.current.has(box)) continue;
      if (before !== undefined) write(box, stored);
      shown.current.set(box, stored);
    }
  });
  return {
    form: { ref, onInput: ({ target }) => typed.current.set(target as Box, ++count.current) },
    beginSave: () => {
      const begun = count.current;
      return () => {
        for (const [box, at] of typed.current) if (at <= begun) typed.current.delete(box);
      };
    },
    began: (name) => shown.current.get(ref.current?.elements.namedItem(name) as Box) ?? "",
  };
}

function write(box: Box, stored: string): void {
  if (box.type === "checkbox") (box as HTMLInputElement).checked = stored === "true";
  else box.value = stored;
}
