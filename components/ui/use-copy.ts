"use client";

import { copyText } from "./clipboard.ts";
import { useToast } from "./toast.tsx";

/** Copies, and says what came of it where the button that did it is gone by then. Needs a `ToastProvider` above it. */
export function useCopy(): (text: string, what: string) => Promise<void> {
  const toast = useToast();
  return async (text, what) => {
    if (await copyText(text)) toast({ title: `${what} copied` });
    else
      toast({
        title: `${what} not copied`,
        description: "The browser refused it: select it, and copy it by hand.",
        tone: "bad",
      });
  };
}
