"use client";

import { FileText } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../ui/button.tsx";
import { copyText } from "../ui/clipboard.ts";

/** The page's Markdown: to the clipboard, or to look at. */
export function CopyPage({ path }: { path: string }) {
  const [answer, say] = useState<string>();
  const address = `/docs/${path}.md`;

  async function copy() {
    const response = await fetch(address).catch(() => undefined);
    const copied = response?.ok && (await copyText(await response.text()));
    say(copied ? "Copied" : "Not copied");
  }

  return (
    <div className="mb-4 flex items-center gap-2">
      <Button size="sm" onClick={copy}>
        <FileText aria-hidden className="size-3.5" />
        Copy page as Markdown
      </Button>
      <a href={address} className={buttonClass({ variant: "ghost", size: "sm" })}>
        View as Markdown
      </a>
      <span role="status" className="text-muted text-xs">
        {answer}
      </span>
    </div>
  );
}
