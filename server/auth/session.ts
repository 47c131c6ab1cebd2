import type { NextAuthOptions, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import type { SignInProvider } from "../config/config.ts";
import { internalKey } from "./api-key.ts";
import { readSessionToken, sessionCookieName, sessionLasts, writeSessionToken } from "./session-cookie.ts";

// The one place that knows next-auth, and what it signs people in with. It runs in the web role, which has no database: who somebody
// is, the api says, asked with the credential of the service's own pages.

interface Signed extends User {
  sessionId: string;
}

export interface WebEnvironment {
  apiUrl: string;
  baseUrl: string;
  authSecret: string;
  provider?: SignInProvider | undefined;
}

/** What the web role was told when it started. */
export function webEnvironment(): WebEnvironment {
  const { PARLEY_API_URL: apiUrl = "", NEXTAUTH_URL: baseUrl = "", NEXTAUTH_SECRET: authSecret = "" } = process.env;
  const { PARLEY_SIGN_IN_PROVIDER: provider } = process.env;
  return { apiUrl, baseUrl, authSecret, ...(provider ? { provider: JSON.parse(provider) as SignInProvider } : {}) };
}

/**
 * The sign-in of the console, for one request. An error's text is the code that the sign-in page reads: refused, code-needed,
 * rate_limited, unavailable; by the provider also email-unverified, two-factors, not-invited and next-auth's own.
 */
export function signInOptions(web: WebEnvironment, headers: Headers): NextAuthOptions {
  const browser = browserOf(headers);
  const open = async (path: string, fields: Record<string, string | undefined>): Promise<Signed> => {
    const { outcome, sessionId, person } = await askApi(web, path, { ...fields, ...browser });
    if (!sessionId || !person) throw new Error(outcome);
    return { sessionId, id: person.personId, email: person.email, name: person.name ?? null };
  };
  const secure = web.baseUrl.startsWith("https:");
  return {
    secret: web.authSecret,
    providers: [
      CredentialsProvider({
        id: "password",
        credentials: { email: {}, password: {}, code: {} },
        authorize: (given) =>
          open("", { email: given?.email, password: given?.password, code: given?.code || undefined }),
      }),
      CredentialsProvider({
        id: "link",
        credentials: { token: {}, code: {} },
        authorize: (given) => open("/by-link", { token: given?.token, code: given?.code || undefined }),
      }),
      ...(web.provider ? [openIdConnect(web.provider)] : []),
    ],
    session: { strategy: "jwt", maxAge: sessionLasts, updateAge: 24 * 60 * 60 },
    // Our own form of the cookie, which the api reads as well.
    jwt: {
      encode: ({ token, maxAge }) => writeSessionToken(web.authSecret, String(token?.sid ?? ""), maxAge),
      decode: async ({ token }) => {
        const sid = token && (await readSessionToken(web.authSecret, token));
        return sid ? { sid } : null;
      },
    },
    cookies: {
      sessionToken: {
        name: sessionCookieName(web.baseUrl),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure },
      },
    },
    callbacks: {
      signIn: async ({ user, account, profile = {} }) => {
        if (account?.provider !== "oidc") return true;
        const { outcome, sessionId } = await askByProvider(web, profile, browser);
        if (sessionId === undefined)
          return `${web.baseUrl}/sign-in?${new URLSearchParams({ error: outcome, next: nextOf(web, headers) })}`;
        Object.assign(user, { sessionId }); // for the token, below
        return true;
      },
      jwt: ({ token, user }) => (user ? { sid: (user as Signed).sessionId } : token),
      // Who it is, pages ask the api: this answer only says that somebody is signed in.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => web.baseUrl + pathOf(web, url),
    },
    pages: { signIn: "/sign-in", signOut: "/sign-out", error: "/sign-in" },
  };
}

/** What an identity token, or the provider when it is asked, says of somebody. */
interface Claims {
  sub?: string;
  email?: string;
  email_verified?: unknown;
  /** Microsoft's word for it: the address is of a domain whose owner was proven. */
  xms_edov?: unknown;
  name?: string;
}

function openIdConnect({ issuer, clientId, clientSecret, name }: SignInProvider): OAuthConfig<Claims> {
  return {
    id: "oidc",
    name,
    type: "oauth",
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    authorization: { params: { scope: "openid email profile" } },
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    userinfo: {
      // Many say all in the token; what the standard asks of them is to answer when they are asked. The two are never mixed.
      request: async ({ tokens, client }) => {
        // What next-auth types as plain fields is the client's own set: by it the client sees that both are of one subject.
        const set = tokens as Exclude<Parameters<typeof client.userinfo>[0], string>;
        const claims = set.claims();
        if (saysVerified(claims) || !client.issuer.metadata.userinfo_endpoint) return claims;
        return client.userinfo(set);
      },
    },
    httpOptions: { timeout: 10_000 },
    profile: ({ sub = "", email = null, name = null }) => ({ id: sub, email, name }),
  };
}

function saysVerified({ email, email_verified = false, xms_edov = false }: Claims): boolean {
  return (
    typeof email === "string" &&
    [email_verified, xms_edov].some((said) => [true, "true", 1, "1"].includes(said as string))
  );
}

function askByProvider(web: WebEnvironment, claims: Claims, browser: Browser): Promise<Opened> {
  const { email, name } = claims;
  if (typeof email !== "string") return Promise.resolve({ outcome: "email-unverified" });
  const called = typeof name === "string" ? name.trim().slice(0, 200) : "";
  const who = { email, emailVerified: saysVerified(claims), ...(called ? { name: called } : {}) };
  return askApi(web, "/by-provider", { ...who, ...browser });
}

/** Where somebody wanted to go, as next-auth keeps it while they are with the provider. */
function nextOf(web: WebEnvironment, headers: Headers): string {
  const cookies = headers.get("cookie")?.split("; ") ?? [];
  const kept = cookies.find((each) => /^(__Secure-)?next-auth\.callback-url=/.test(each));
  const url = decodeURIComponent(kept?.slice(kept.indexOf("=") + 1) ?? "");
  return pathOf(web, url);
}

/** The path of an address of ours, be it with its origin or without; that of the first page for any other. */
function pathOf({ baseUrl }: WebEnvironment, url: string): string {
  const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
  return /^\/(?![/\\])/.test(path) ? path : "/";
}

interface Opened {
  /** signed-in, code-needed, refused, or the code of a problem */
  outcome: string;
  sessionId?: string;
  person?: { personId: string; email: string; name?: string };
}

async function askApi({ apiUrl, authSecret }: WebEnvironment, path: string, fields: object): Promise<Opened> {
  const response = await fetch(`${apiUrl}/api/console/sessions${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-parley-internal": internalKey(authSecret) },
    body: JSON.stringify(fields),
  });
  const body = (await response.json()) as Opened & { code?: string };
  // What is no valid address or password is nobody's either.
  if (!response.ok) return { outcome: response.status === 400 ? "refused" : (body.code ?? "unavailable") };
  return body;
}

interface Browser {
  ip?: string;
  userAgent?: string;
}

/** The proxy in front says where the browser is; nobody else can put it there. */
function browserOf(headers: Headers): Browser {
  const [ip, userAgent] = [headers.get("x-forwarded-for")?.slice(0, 64), headers.get("user-agent")?.slice(0, 500)];
  return { ...(ip ? { ip } : {}), ...(userAgent ? { userAgent } : {}) };
}
