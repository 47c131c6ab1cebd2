import type { ReactNode } from "react";
import { IdText } from "./id-text.tsx";

/** One line of a list of facts: what it is called, and what it is. */
export function Fact({ name, className, children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className={className}>{children}</dd>
    </>
  );
}

/** A line for each id that there is, by what it is the id of. */
export function IdFacts({ ids }: { ids: Record<string, string | undefined> }) {
  return Object.entries(ids).map(
    ([name, id]) =>
      id !== undefined && (
        <Fact key={name} name={name} className="min-w-0">
          <IdText id={id} what={`the ${name.toLowerCase()}'s id`} />
        </Fact>
      ),
  );
}
