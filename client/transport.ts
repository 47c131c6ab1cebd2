import type { LiveEvent } from "./types.ts";

/** What one try to connect gets. The callbacks of a try that was closed are not called any more. */
export interface Connecting {
  baseUrl: string;
  tenantId: string;
  me: string;
  token: string;
  /** This page's id: what it sends itself does not come back over its own connection. */
  clientId: string;
  /** The chats that this page knows, for transports that ask for each. */
  chatIds: () => readonly string[];
  /** The last event that was applied; what came after it is replayed first. */
  since: string | undefined;
  onOpen: () => void;
  onEvent: (event: LiveEvent) => void;
  /** A place in the log without an event, so that a quiet cursor does not age. */
  onPosition: (eventId: string) => void;
  /** `since` is of no use any more: everything is to be loaded again. */
  onResync: (eventId: string) => void;
  /** The end, also of a try that never opened. `again` is false where the service has said not to come back. */
  onClose: (again?: boolean) => void;
}

export interface Connection {
  close(): void;
}

/** A way to hear the log. It neither comes back nor remembers anything: `Live` does that for all of them. */
export type Transport = (connecting: Connecting) => Connection;

/**
 * The life of one try: `open` answers how to stop what it has opened. The end is told once, whoever brings it, and what has opened by then
 * or after it is stopped.
 */
export function closable(
  { onClose }: Pick<Connecting, "onClose">,
  open: (close: (again?: boolean) => void) => Promise<() => void>,
): Connection {
  let isOver = false;
  let stop = () => {};
  const close = (again = true) => {
    if (isOver) return;
    isOver = true;
    stop();
    onClose(again);
  };
  open(close).then(
    (opened) => {
      stop = opened;
      if (isOver) stop();
    },
    () => close(),
  );
  return { close: () => close() };
}
