"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";

const SearchDialog = dynamic(() => import("./search-dialog.tsx").then((part) => part.SearchDialog), { ssr: false });

/** Opens the search; so do `/` and Ctrl or Command with K. What it needs is loaded then. */
export function SearchButton() {
  const [open, setOpen] = useState(false);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const wanted = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      if (!wanted && (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event))) return;
      event.preventDefault();
      setOpen(true);
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)} aria-keyshortcuts="/ Control+K">
        <Search aria-hidden className="size-3.5" />
        Search
        <span aria-hidden className="max-sm:hidden">
          <Kbd>/</Kbd>
        </span>
      </Button>
      {open && <SearchDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
