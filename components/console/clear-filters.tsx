import type { ComponentProps } from "react";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** At the end of a line of filters, once one is set. */
export function ClearFilters({ when, clear }: { when: boolean; clear: () => void }) {
  return (
    when && (
      <Button variant="ghost" onClick={clear}>
        Clear
      </Button>
    )
  );
}

/** Instead of a list of which the filters leave nothing. */
export function NoneFits({ icon, clear }: { icon: ComponentProps<typeof EmptyState>["icon"]; clear: () => void }) {
  return <EmptyState icon={icon} title="None fits these filters" action={<Button onClick={clear}>Clear</Button>} />;
}
