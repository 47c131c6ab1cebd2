const COLOURS: Record<string, string> = {
  GET: "text-(--code-word)",
  POST: "text-good",
  PUT: "text-warn",
  PATCH: "text-warn",
  DELETE: "text-bad",
};

/** The method of a call, all of one width so that addresses stand below each other. */
export function MethodBadge({ method }: { method: string }) {
  return (
    <span className={`inline-block w-16 shrink-0 font-medium font-mono text-xs ${COLOURS[method] ?? ""}`}>
      {method}
    </span>
  );
}
