const words: Record<string, string> = {
  unsubscribe: "You are unsubscribed.",
  undo: "You get these mails again.",
  save: "Saved.",
};

const faults: Record<string, string> = {
  invalid: "Something in the form could not be read. Nothing was changed.",
  conflict: "That cannot be switched off. Nothing was changed.",
  not_found: "This link is not valid. Nothing was changed.",
};

/** What the form that brought one here did. */
export function Outcome({ done, fault }: { done: string | undefined; fault: string | undefined }) {
  const good = done === undefined ? undefined : words[done];
  const bad = fault === undefined ? undefined : (faults[fault] ?? "That did not work. Nothing was changed.");
  if (!good && !bad) return null;
  return (
    <p
      role={bad ? "alert" : "status"}
      className={`mb-6 rounded-lg border px-4 py-3 text-sm ${bad ? "border-bad text-bad" : "border-line bg-accent-soft text-on-accent-soft"}`}
    >
      {bad ?? good}
    </p>
  );
}
