import { differing } from "../differing.ts";
import type { Answers } from "../trpc.ts";

export type Issuer = Answers["issuers"]["list"]["data"][number];
export type IssuerKind = Exclude<Issuer["kind"], "internal">;

export const kindTexts: Record<Issuer["kind"], { label: string; lead: string }> = {
  oidc: {
    label: "OpenID Connect",
    lead: "An identity provider that publishes its keys: Auth0, Entra, Keycloak, Cognito and their like.",
  },
  "public-key": { label: "Public key", lead: "Your own server signs, with a private key that never leaves it." },
  hs256: { label: "Shared secret", lead: "Your own server signs with a secret that this service knows too (HS256)." },
  internal: { label: "Parley", lead: "Signs what POST /tokens hands out." },
};

export interface IssuerDraft {
  name: string;
  issuer: string;
  audience: string;
  secret: string;
  publicKey: string;
  jwksUri: string;
  userId: string;
  groups: string;
  adminGroup: string;
}

export function draftOf(issuer: Issuer | undefined): IssuerDraft {
  return {
    name: issuer?.name ?? "",
    issuer: issuer?.issuer ?? "",
    audience: issuer?.audience ?? "",
    secret: "",
    publicKey: issuer?.publicKey ?? "",
    jwksUri: issuer?.jwksUri ?? "",
    userId: (issuer?.claims.userId ?? ["sub", "userId"]).join(", "),
    groups: (issuer?.claims.groups ?? ["groups", "group", "roles", "role"]).join(", "),
    adminGroup: issuer?.claims.adminGroup ?? "Admin",
  };
}

/** What is changed of an issuer. A key that was replaced meanwhile is not put back, nor are claims. */
export function changesOf(issuer: Issuer, draft: IssuerDraft) {
  const said = choicesOf(issuer.kind, draft);
  const began = choicesOf(issuer.kind, draftOf(issuer));
  const claims = differing(said.claims, began.claims);
  return { ...differing(said, began), ...(Object.keys(claims).length > 0 ? { claims } : {}) };
}

/** What the operations take of a draft: what the kind has no use for is left out. */
export function choicesOf(kind: Issuer["kind"], draft: IssuerDraft) {
  const claims = { userId: names(draft.userId), groups: names(draft.groups), adminGroup: draft.adminGroup.trim() };
  const named = { name: draft.name.trim(), claims };
  if (kind === "internal") return named;
  const common = { ...named, issuer: draft.issuer.trim(), audience: draft.audience.trim() };
  if (kind === "hs256") return { ...common, ...(draft.secret === "" ? {} : { secret: draft.secret }) };
  if (kind === "public-key") return { ...common, publicKey: draft.publicKey.trim() };
  return { ...common, jwksUri: draft.jwksUri.trim() };
}

function names(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** 256 bits, which is what HS256 wants (RFC 7518, 3.2). */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
