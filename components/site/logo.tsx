/** Two flags that meet: a parley. The same drawing is the favicon (app/icon.svg). */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M8 9.5a2 2 0 0 1 2-2h6.5v7.5H11l-3 3z" fill="var(--on-accent)" />
      <path d="M24 22.5a2 2 0 0 1-2 2h-6.5v-7.5H21l3-3z" fill="var(--on-accent)" opacity="0.7" />
    </svg>
  );
}
