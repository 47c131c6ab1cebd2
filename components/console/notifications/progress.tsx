import { type Batch, isReady } from "./batch-words.ts";

/** How many of its recipients a send has reached, or is ready for. */
export function Progress({ of: batch }: { of: Batch }) {
  const { done, total, subject } = batch;
  const ready = isReady(batch);
  const share = total === 0 ? 0 : Math.min(1, done / total);
  return (
    <span className="inline-flex min-w-32 items-center gap-2">
      <span
        role="progressbar"
        aria-label={`${ready ? "Ready of" : "Reached by"} ${subject}`}
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={Math.max(total, done)}
        className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken outline outline-line"
      >
        <span className="block h-full bg-accent forced-colors:bg-[CanvasText]" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="whitespace-nowrap tabular-nums">
        {done} of {total}
        {ready && " ready"}
      </span>
    </span>
  );
}
