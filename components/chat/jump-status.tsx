import { Button } from "../ui/button.tsx";
import { type Jumping, progressOf } from "./use-jump.ts";

/** A way shorter than this is done before one has read of it. */
const SAID_FROM = 400;

/** Over the messages while one is on the way to an old one: how far, and the way out of it. */
export function JumpStatus({ jump, jumpTo, giveUp, oldest }: Jumping & { oldest: number }) {
  const isSaid = jump !== undefined && (jump.failed || jump.start - jump.seq > SAID_FROM);
  const percent = jump ? progressOf(jump, oldest) : 0;
  const words = jump?.failed ? "The message could not be loaded." : "Loading earlier messages";
  return (
    <>
      <p role="status" className="sr-only">
        {isSaid && (jump.failed ? words : `${words}: ${Math.floor(percent / 25) * 25} %`)}
      </p>
      {isSaid && (
        <div className="absolute inset-x-2 top-2 z-20 mx-auto flex w-fit max-w-full flex-wrap items-center gap-2 rounded-xl border border-line bg-surface py-1 pr-1 pl-3 text-sm shadow-sm">
          <span aria-hidden className="tabular-nums">
            {jump.failed ? words : `${words}: ${percent} %`}
          </span>
          {jump.failed && (
            <Button size="sm" variant="ghost" onClick={() => jumpTo(jump.seq)}>
              Try again
            </Button>
          )}
          <Button size="sm" variant="ghost" onClick={giveUp}>
            {jump.failed ? "Stay here" : "Stop"}
          </Button>
        </div>
      )}
    </>
  );
}
