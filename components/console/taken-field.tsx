import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { type Failure, takenIn } from "./problem.ts";

export interface TakenFieldProps {
  label: string;
  hint: string;
  failure: Failure | undefined;
  /** As the service calls it. */
  field: string;
  /** Opens what has the name that was asked for. */
  onOpen: () => void;
  children: ReactNode;
}

/** The field of a name that only one may have: of what has it already, it says so and offers to open it. */
export function TakenField({ label, hint, failure, field, onOpen, children }: TakenFieldProps) {
  return (
    <div className="flex flex-col gap-2">
      <Field label={label} hint={hint} error={failure?.fields[field]}>
        {children}
      </Field>
      {takenIn(failure, field) !== undefined && (
        <Button size="sm" onClick={onOpen} className="self-start">
          Open it
        </Button>
      )}
    </div>
  );
}
