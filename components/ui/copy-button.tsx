"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { copyText } from "./clipboard.ts";

const CONFIRMED_FOR_MS = 1_800;

export interface CopyButtonProps {
  text: string;
  /** What is copied, for the accessible name: "Copy token of Ada". */
  what: string;
  /** Visible text beside the icon. */
  label?: string;
  disabled?: boolean;
}

export function CopyButton({ text, what, label, disabled }: CopyButtonProps) {
  const [answer, setAnswer] = useState<"Copied" | "Not copied" | null>(null);

  useEffect(() => {
    if (answer === null) return;
    const timer = setTimeout(() => setAnswer(null), CONFIRMED_FOR_MS);
    return () => clearTimeout(timer);
  }, [answer]);

  return (
    <>
      <Button
        variant="ghost"
        size={label ? "sm" : "icon"}
        disabled={disabled}
        aria-label={`Copy ${what}`}
        title={answer ?? `Copy ${what}`}
        onClick={async () => setAnswer((await copyText(text)) ? "Copied" : "Not copied")}
      >
        {answer === "Copied" ? (
          <Check aria-hidden className="size-3.5 text-good" />
        ) : (
          <Copy aria-hidden className="size-3.5" />
        )}
        {label && <span aria-hidden>{answer ?? label}</span>}
      </Button>
      {/* Beside the button: what is in one is its name, and need not be read out when it changes. */}
      <span role="status" className="sr-only">
        {answer}
      </span>
    </>
  );
}
