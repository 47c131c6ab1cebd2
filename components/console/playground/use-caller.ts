"use client";

import { useRef } from "react";
import { toHeaderText } from "../../../client/header-text.ts";
import { useTRPCClient } from "../trpc.ts";
import type { Caller } from "./caller-choice.tsx";
import type { HttpCall } from "./calls.ts";

export interface CallAnswer {
  status: number;
  ms: number;
  requestId: string | null;
  body: string;
}

/** Taken anew when so little of a token's time is left, in ms. */
const spareMs = 30_000;

/** Makes calls over the public address, as whoever was chosen. */
export function useCaller() {
  const client = useTRPCClient();
  const tokens = useRef(new Map<string, { token: string; until: number }>());

  async function headersOf({ kind, userId, apiKey, actAs }: Caller): Promise<Record<string, string>> {
    if (kind === "key")
      return { "x-api-key": apiKey, ...(actAs === "" ? {} : { "x-act-as-user": toHeaderText(actAs) }) };
    const known = tokens.current.get(userId);
    if (known && known.until - Date.now() > spareMs) return { authorization: `Bearer ${known.token}` };
    const { token, expiresAt } = await client.users.actAs.mutate({ userId });
    tokens.current.set(userId, { token, until: Date.parse(expiresAt) });
    return { authorization: `Bearer ${token}` };
  }

  return async ({ method, path, body }: HttpCall, caller: Caller): Promise<CallAnswer> => {
    const headers = await headersOf(caller);
    const started = performance.now();
    const response = await fetch(path, {
      method,
      headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      credentials: "omit",
      cache: "no-store",
    });
    // It may have been revoked before its time: the next call takes another.
    if (response.status === 401 && caller.kind === "user") tokens.current.delete(caller.userId);
    const text = await response.text();
    const ms = performance.now() - started;
    return { status: response.status, ms, requestId: response.headers.get("x-request-id"), body: pretty(text) };
  };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
