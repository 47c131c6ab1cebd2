import { useEffect, useRef } from "react";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";

const hour = 60 * 60 * 1000;
/** A time past any other: muted until somebody ends it. */
const forever = "9999-01-01T00:00:00Z";
const past = "2000-01-01T00:00:00Z";

export interface MuteActProps {
  userId: string;
  muted: boolean;
  busy: boolean;
  mute: (until: string) => void;
}

/** Takes from a member that they write, for as long as is chosen, and gives it back. */
export function MuteAct({ userId, muted, busy, mute }: MuteActProps) {
  const place = useRef<HTMLSpanElement>(null);
  const acted = useRef(false);
  useEffect(() => {
    if (!acted.current) return;
    acted.current = false;
    // What was pressed has given its place to the other one, which takes the focus over where nothing else has it.
    const { activeElement, body } = document;
    if (!activeElement || activeElement === body || activeElement.id === "content")
      place.current?.querySelector<HTMLElement>(muted ? "button" : "[aria-haspopup]")?.focus({ preventScroll: true });
  }, [muted]);
  const act = (until: string) => {
    acted.current = true;
    mute(until);
  };
  const forMs = (ms: number) => act(new Date(Date.now() + ms).toISOString());
  return (
    <span ref={place}>
      {muted ? (
        <Button size="sm" disabled={busy} aria-label={`Let ${userId} write again`} onClick={() => act(past)}>
          Unmute
        </Button>
      ) : (
        <Menu
          trigger={
            <Button size="sm" aria-label={`Mute ${userId}`}>
              Mute…
            </Button>
          }
        >
          <MenuItem onSelect={() => forMs(hour)}>for an hour</MenuItem>
          <MenuItem onSelect={() => forMs(24 * hour)}>for a day</MenuItem>
          <MenuItem onSelect={() => act(forever)}>until further notice</MenuItem>
        </Menu>
      )}
    </span>
  );
}
