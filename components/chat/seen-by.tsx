import { lazy, Suspense, useState } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";
import { SeenByButton } from "./seen-by-button.tsx";

const SeenByPopover = lazy(untilLoaded(() => import("./seen-by-popover.tsx")));

/** As many as are named in the line itself. */
const NAMED = 2;

/** Who has read a message: two by name, more of them behind a button. */
export function SeenBy({ readers }: { readers: readonly string[] }) {
  const [wanted, setWanted] = useState(false);
  if (readers.length === 0) return null;
  if (readers.length <= NAMED) return <p className="mt-1 px-1 text-muted text-xs">Seen by {readers.join(" and ")}</p>;
  if (!wanted) return <SeenByButton readers={readers} onClick={() => setWanted(true)} />;
  return (
    <Suspense fallback={<SeenByButton readers={readers} />}>
      <SeenByPopover readers={readers} />
    </Suspense>
  );
}
