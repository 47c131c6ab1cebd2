import { lazy, Suspense, useState } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";

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

export function SeenByButton({ readers, ...rest }: { readers: readonly string[] } & React.ComponentProps<"button">) {
  return (
    <button
      type="button"
      className="mt-1 min-h-6 px-1 text-muted text-xs underline decoration-dotted underline-offset-2 hover:text-text"
      {...rest}
    >
      Seen by {readers.length} people
    </button>
  );
}
