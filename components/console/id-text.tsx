import { CopyButton } from "../ui/copy-button.tsx";

/** An id that one can copy. */
export function IdText({ id, what }: { id: string; what: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <code className="truncate font-mono text-xs">{id}</code>
      <CopyButton text={id} what={what} />
    </span>
  );
}
