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

/**
 * Sends this browser to the provider of the settings, which sends it back to `next`, a path of our own. Undefined while it goes.
 * @param again asks the provider not to answer for somebody who only sits at a browser that is signed in there
 */
export async function signInByProvider(next: string, again = false): Promise<SignInFault | undefined> {
  const csrfToken = await fetchCsrf();
  if (csrfToken === undefined) return "unavailable";
  const response = await fetch(`/api/auth/signin/oidc${again ? "?max_age=0" : ""}`, {
    method: "POST",
    body: new URLSearchParams({ csrfToken, callbackUrl: next, json: "true" }),
  }).catch(() => undefined);
  const { url } = ((await response?.json().catch(() => undefined)) ?? {}) as { url?: string };
  if (!response?.ok || url === undefined) return "unavailable";
  window.location.assign(url);
  return undefined;
}

/** Ends the session wherever it is remembered, then in this browser. False when it may go on, because nobody answered. */
export async function signOut(): Promise<boolean> {
  const ended = await fetch("/api/console/account/sign-out", { method: "POST" }).catch(() => undefined);
  // One that is over already has only its cookie left.
  if (!ended?.ok && ended?.status !== 401) return false;
  const csrfToken = await fetchCsrf();
  if (csrfToken === undefined) return false;
  const forgotten = await fetch("/api/auth/signout", {
    method: "POST",
    body: new URLSearchParams({ csrfToken, callbackUrl: "/", json: "true" }),
  }).catch(() => undefined);
  return forgotten?.ok === true;
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
  refused: "That did not work. Check your email and password, or ask for a link by mail below.",
  "code-needed": "Now the code of your authenticator app, or one of your recovery codes.",
  rate_limited: "Too many tries. Wait half a minute, then try again.",
  unavailable: "The service did not answer. Try again in a moment.",
};

/** What the sign-in page says when somebody comes back from the provider without being signed in: our own words, and next-auth's. */
export function providerFaultText(error: string, provider = "The provider"): string {
  switch (error) {
    case "email-unverified":
      return `${provider} does not say that your email address is verified. Verify it there, or sign in another way.`;
    case "two-factors":
      return `Your account here asks for a second factor: sign in with your password, or a mailed link, and the code of your app. ${provider} alone is not enough.`;
    case "not-invited":
      return "There is no account with your email address, and one comes in by invitation here. Ask somebody who runs a tenant to invite you.";
    case "OAuthSignin":
      return `${provider} cannot be reached, or its settings here are wrong. Try again in a moment, or sign in another way.`;
    case "OAuthCallback":
    case "Callback":
      return `${provider} did not sign you in: it was called off, or took too long. Try again.`;
    case "rate_limited":
      return faultTexts.rate_limited;
    default:
      return "Signing in did not work. Try again.";
  }
}
