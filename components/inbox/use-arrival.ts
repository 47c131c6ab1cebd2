import { useEffect, useRef } from "react";
import { appearedAt, type InboxFilter, inboxItems } from "../../client/inbox-state.ts";
import { useParley } from "../../client/react/provider.tsx";
import type { Notification } from "../../client/types.ts";

export interface Arrival {
  /** Where somebody is to be led: it may be further down than what is loaded. */
  to: Notification | undefined;
  filter: InboxFilter;
  /** Nothing of the list is here yet. */
  loading: boolean;
  onHere: (item: Notification) => void;
  /** It is in the list no more. */
  onGone: () => void;
  onFailed: (error: unknown) => void;
}

/** Leads to one notification of a list, once it is loaded that far. */
export function useArrival({ to, filter, loading, ...outcome }: Arrival): void {
  const client = useParley();
  const latest = useRef(outcome);
  useEffect(() => {
    latest.current = outcome;
  });
  useEffect(() => {
    if (!to || loading) return;
    let wanted = true;
    loadDownTo(to).then(
      (item) => {
        if (!wanted) return;
        if (item) latest.current.onHere(item);
        else latest.current.onGone();
      },
      (error: unknown) => wanted && latest.current.onFailed(error),
    );
    return () => {
      wanted = false;
    };

    async function loadDownTo({ id, ...item }: Notification): Promise<Notification | undefined> {
      const now = () => client.getState().inbox;
      const isAbove = () => (now().views[filter]?.floor ?? "") > appearedAt(item);
      while (wanted && isAbove() && now().views[filter]?.more) await client.inbox.load(filter, true);
      return inboxItems(now(), filter).find((one) => one.id === id);
    }
  }, [client, to, filter, loading]);
}
