"use client";

import { useRef } from "react";
import { type ApiAnswer, sendCall } from "../../docs/api-call.ts";
import { useTRPCClient } from "../trpc.ts";
import type { Caller } from "./caller-choice.tsx";
import type { HttpCall } from "./calls.ts";

/** Taken anew when so little of a token's time is left, in ms. */
const spareMs = 30_000;

/** Makes calls over the public address, as whoever was chosen. */
export function useCaller() {
  const client = useTRPCClient();
  const tokens = useRef(new Map<string, { token: string; until: number }>());

  async function headersOf({ kind, userId, apiKey, actAs }: Caller): Promise<Record<string, string>> {
    if (kind === "key") return { "x-api-key": apiKey, ...(actAs === "" ? {} : { "x-act-as-user": actAs }) };
    const known = tokens.current.get(userId);
    if (known && known.until - Date.now() > spareMs) return { authorization: `Bearer ${known.token}` };
    const { token, expiresAt } = await client.users.actAs.mutate({ userId });
    tokens.current.set(userId, { token, until: Date.parse(expiresAt) });
    return { authorization: `Bearer ${token}` };
  }

  return async ({ method, path, body }: HttpCall, caller: Caller): Promise<ApiAnswer> => {
    const headers = { ...(await headersOf(caller)), ...(body ? { "content-type": "application/json" } : {}) };
    const answer = await sendCall({ method, address: path, headers, body: body && JSON.stringify(body) }, "omit");
    // It may have been revoked before its time: the next call takes another.
    if (answer.status === 401 && caller.kind === "user") tokens.current.delete(caller.userId);
    return answer;
  };
}
