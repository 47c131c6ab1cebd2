import { ErrorNote } from "../ui/error-note.tsx";
import { linkClass } from "./auth-card.tsx";
import { signInAddress } from "./go-to-sign-in.tsx";
import type { Failure } from "./problem.ts";

export interface FailureNoteProps {
  failure: Failure | undefined;
  onRetry?: () => void;
  className?: string;
}

/** What went wrong, in words, with the id to ask about it; nothing when nothing did. */
export function FailureNote({ failure, onRetry, className }: FailureNoteProps) {
  if (!failure) return null;
  const fields = Object.entries(failure.fields);
  const isSignedOut = failure.code === "unauthenticated";
  return (
    <ErrorNote
      requestId={failure.requestId}
      {...(onRetry && !isSignedOut ? { onRetry } : {})}
      {...(className ? { className } : {})}
    >
      <p>
        {failure.text}
        {isSignedOut && (
          <>
            {" "}
            <a href={signInAddress()} target="_blank" rel="noopener" className={linkClass}>
              Sign in
            </a>{" "}
            in a new tab and go on here: what you wrote stays.
          </>
        )}
      </p>
      {fields.length > 0 && (
        <ul className="mt-1 list-disc pl-4">
          {fields.map(([name, text]) => (
            <li key={name}>
              <code className="font-mono text-xs">{name}</code> {text}
            </li>
          ))}
        </ul>
      )}
    </ErrorNote>
  );
}
