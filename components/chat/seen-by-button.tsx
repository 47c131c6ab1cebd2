/** Says how many have read a message, and is pressed to see who. */
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
