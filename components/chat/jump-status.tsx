import { Button } from "../ui/button.tsx";
import type { Jumping } from "./use-jump.ts";

/** Over the messages while one is on the way to an old one, and the way out of it. */
export function JumpStatus({ jump, jumpTo, giveUp }: Jumping) {
  const failed = jump?.state === "failed";
  const words = failed ? "The message could not be loaded." : "Loading the message …";
  const isSaid = jump !== undefined && jump.state !== "short";
  return (
    <>
      <p role="status" className="sr-only">
        {isSaid && words}
      </p>
      {isSaid && (
        <div className="absolute inset-x-2 top-2 z-20 mx-auto flex w-fit max-w-full flex-wrap items-center gap-2 rounded-xl border border-line bg-surface py-1 pr-1 pl-3 text-sm shadow-sm">
          <span aria-hidden>{words}</span>
          {failed && (
            <Button size="sm" variant="ghost" onClick={() => jumpTo(jump.seq)}>
              Try again
            </Button>
          )}
          <Button size="sm" variant="ghost" onClick={giveUp}>
            {failed ? "Stay here" : "Stop"}
          </Button>
        </div>
      )}
    </>
  );
}
