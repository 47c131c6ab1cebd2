const AT_ONCE = 6;

/** Does them a few at a time: what each may take begins when it does. Throws the first failure. */
export async function fewAtOnce(jobs: readonly (() => Promise<unknown>)[]): Promise<void> {
  // They share the iterator: each takes the next, so that one that takes long keeps no other back.
  const left = jobs.values();
  const work = async () => {
    for (const job of left) await job();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
