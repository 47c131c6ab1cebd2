"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Parley } from "../parley.ts";
import type { State } from "../state.ts";

const Context = createContext<Parley | null>(null);

/** Gives the hooks below it their client. Whoever makes the client starts and closes it. */
export function ParleyProvider({ client, children }: { client: Parley; children: ReactNode }) {
  return <Context.Provider value={client}>{children}</Context.Provider>;
}

/** The client above. Throws without a `ParleyProvider`. */
export function useParley(): Parley {
  const client = useContext(Context);
  if (client === null) throw new Error("This hook needs a ParleyProvider above it");
  return client;
}

/** A part of what the client knows. `select` must give the same value for the same state. */
export function useParleyState<Part>(select: (state: State) => Part): Part {
  const client = useParley();
  const get = () => select(client.getState());
  return useSyncExternalStore(client.subscribe, get, get);
}
