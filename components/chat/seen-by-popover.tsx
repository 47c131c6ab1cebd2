"use client";

import { useState } from "react";
import { Popover } from "../ui/popover.tsx";
import { SeenByButton } from "./seen-by-button.tsx";

/** Opens at once: it is loaded by the first press of its button. */
export default function SeenByPopover({ readers }: { readers: readonly string[] }) {
  const [open, setOpen] = useState(true);
  return (
    <Popover
      label="Seen by"
      side="top"
      open={open}
      onOpenChange={setOpen}
      className="overflow-y-auto"
      trigger={<SeenByButton readers={readers} />}
    >
      <ul className="max-h-60 min-w-40 max-w-72 overflow-y-auto px-4 py-3 text-sm leading-6">
        {readers.map((name, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two may be called the same.
          <li key={at} className="truncate">
            {name}
          </li>
        ))}
      </ul>
    </Popover>
  );
}
