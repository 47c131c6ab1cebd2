/** Why somebody is not signed in: the words of the sign-in itself. */
export type SignInFault = "refused" | "code-needed" | "rate_limited" | "unavailable";

export type SignInWay =
  | { way: "password"; email: string; password: string; code?: string }
  | { way: "link"; token: string; code?: string };

/** Signs this browser in. Undefined when it is; else why not. */
export async function signIn({ way, ...fields }: SignInWay): Promise<SignInFault | undefined> {
  const csrfToken = await fetchCsrf();
  if (csrfToken === undefined) return "unavailable";
  const response = await fetch(`/api/auth/callback/${way}`, {
    method: "POST",
    body: new URLSearchParams({ ...fields, csrfToken, callbackUrl: "/", json: "true" }),
  }).catch(() => undefined);
  if (response?.ok) return undefined;
  const { url = "" } = ((await response?.json().catch(() => undefined)) ?? {}) as { url?: string };
  const fault = URL.canParse(url) ? new URL(url).searchParams.get("error") : null;
  return fault === "refused" || fault === "code-needed" || fault === "rate_limited" ? fault : "unavailable";
}

/** Ends the session wherever it is remembered, then in this browser. */
export async function signOut(): Promise<void> {
  await fetch("/api/console/account/sign-out", { method: "POST" });
  const csrfToken = await fetchCsrf();
  if (csrfToken !== undefined)
    await fetch("/api/auth/signout", {
      method: "POST",
      body: new URLSearchParams({ csrfToken, callbackUrl: "/", json: "true" }),
    });
}

async function fetchCsrf(): Promise<string | undefined> {
  try {
    const response = await fetch("/api/auth/csrf");
    return ((await response.json()) as { csrfToken?: string }).csrfToken;
  } catch {
    return undefined;
  }
}

/** What a page says of it. */
export const faultTexts: Record<SignInFault, string> = {
  refused: "That did not work. Check what you typed; a link is good once, and for a while.",
  "code-needed": "Now the code of your authenticator app, or one of your recovery codes.",
  rate_limited: "Too many tries. Wait half a minute, then try again.",
  unavailable: "The service did not answer. Try again in a moment.",
};
