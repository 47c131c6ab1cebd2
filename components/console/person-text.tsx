/** Somebody of the tenant: the name, and below it the id that everything else goes by; only the id where no profile has a name. */
export function PersonText({ userId, name }: { userId: string; name?: string | null | undefined }) {
  if (!name || name === userId) return <span className="break-all">{userId}</span>;
  return (
    <span className="inline-flex min-w-0 flex-col">
      <span className="break-words">{name}</span>
      <code className="break-all font-mono font-normal text-muted text-xs">{userId}</code>
    </span>
  );
}
