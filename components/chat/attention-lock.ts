type Locks = Pick<LockManager, "request" | "query">;

/** Until the answer is called, the other pages of this browser can see that somebody looks at one. */
export function holdAttention(locks: Locks, name: string): () => void {
  const leaving = new AbortController();
  const held = new Promise((resolve) => leaving.signal.addEventListener("abort", resolve));
  const { signal } = leaving;
  // In a frame whose storage is forbidden there are none; another page may be looked at too, hence shared.
  locks.request(name, { mode: "shared", signal }, () => held).catch(() => undefined);
  return () => leaving.abort();
}

/** Whether somebody looks at one of the pages, be it this one or another. */
export async function isAttended(locks: Locks, name: string): Promise<boolean> {
  const { held = [] } = await locks.query().catch(() => ({ held: [] }));
  return held.some((lock) => lock.name === name);
}
