import type { NextAuthOptions, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
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
}

/** What the web role was told when it started. */
export function webEnvironment(): WebEnvironment {
  const { PARLEY_API_URL: apiUrl = "", NEXTAUTH_URL: baseUrl = "", NEXTAUTH_SECRET: authSecret = "" } = process.env;
  return { apiUrl, baseUrl, authSecret };
}

type Headers = Record<string, string | string[] | undefined>;

/** The sign-in of the console. An error's text is the code that the sign-in page reads: refused, code-needed, rate_limited, unavailable. */
export function signInOptions(web: WebEnvironment): NextAuthOptions {
  const open = async (path: string, fields: Record<string, string | undefined>, headers: Headers): Promise<Signed> => {
    const { outcome, sessionId, person } = await askApi(web, path, { ...fields, ...browserOf(headers) });
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
        authorize: (given, { headers = {} }) =>
          open("", { email: given?.email, password: given?.password, code: given?.code || undefined }, headers),
      }),
      CredentialsProvider({
        id: "link",
        credentials: { token: {}, code: {} },
        authorize: (given, { headers = {} }) =>
          open("/by-link", { token: given?.token, code: given?.code || undefined }, headers),
      }),
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
      jwt: ({ token, user }) => (user ? { sid: (user as Signed).sessionId } : token),
      // Who it is, pages ask the api: this answer only says that somebody is signed in.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => (url.startsWith("/") && !url.startsWith("//") ? `${web.baseUrl}${url}` : web.baseUrl),
    },
    pages: { signIn: "/sign-in", signOut: "/sign-out", error: "/sign-in" },
  };
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

/** The proxy in front says where the browser is; nobody else can put it there. */
function browserOf(headers: Headers): { ip?: string; userAgent?: string } {
  const text = (name: string, most: number) => {
    const value = headers[name];
    return typeof value === "string" ? value.slice(0, most) : undefined;
  };
  const [ip, userAgent] = [text("x-forwarded-for", 64), text("user-agent", 500)];
  return { ...(ip ? { ip } : {}), ...(userAgent ? { userAgent } : {}) };
}
