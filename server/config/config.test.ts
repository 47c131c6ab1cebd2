import { describe, expect, test } from "vitest";
import { completeConfig, draftConfig } from "./config.ts";
import { childEnvironment, readEnv, settings } from "./env.ts";
import { decryptSecret, deriveKey, encryptSecret } from "./secrets.ts";

const SECRET = "a secret of more than thirty-two characters";
const draft = (variables: Record<string, string>) => draftConfig(readEnv(variables as unknown as NodeJS.ProcessEnv));

const provider = {
  OIDC_ISSUER: "https://id.example/realms/acme/",
  OIDC_CLIENT_ID: "parley",
  OIDC_CLIENT_SECRET: "s3cret",
};
const inHouse = { OIDC_ISSUER: "http://id.internal" };

describe("settings", () => {
  test("without any: embedded, for this machine alone, with the demo", () => {
    expect(draft({})).toMatchObject({
      port: 3000,
      host: ["127.0.0.1", "::1"],
      baseUrl: "http://localhost:3000",
      signUp: "open",
      seed: "demo",
      dev: false,
      roles: new Set(["api", "web", "worker"]),
    });
  });

  test("with a database of one's own: for everybody, without the demo", () => {
    const own = draft({ DATABASE_URL: "postgres://u:p@db/parley", AUTH_SECRET: SECRET, PORT: "8080" });
    expect(own).toMatchObject({ host: ["0.0.0.0"], signUp: "invite", seed: "none", baseUrl: "http://localhost:8080" });
  });

  test.each([
    ["postgresql://parley:p%40w@/parley?host=/run/postgresql", "parley:p%40w@localhost/parley?host=/run/postgresql"],
    ["postgresql://parley@%2Frun%2Fpostgresql/parley", "parley@%2Frun%2Fpostgresql/parley"],
    ["postgresql:///parley?host=/run/postgresql&user=parley", "localhost/parley?host=/run/postgresql&user=parley"],
  ])("Postgres is behind the socket of %s", (given, settled) => {
    expect(draft({ DATABASE_URL: given, AUTH_SECRET: SECRET }).databaseUrl).toBe(`postgresql://${settled}`);
  });

  test.each(["office@example.com", "Our Office <office@example.com>", "Parley <parley@localhost>"])(
    "mail is from %s",
    (from) => {
      expect(draft({ MAIL_FROM: from }).mail.from).toBe(from);
    },
  );

  test("an empty variable counts as unset", () => {
    expect(draft({ PORT: "", DATABASE_URL: " ", BASE_URL: "" })).toMatchObject({ port: 3000, databaseUrl: undefined });
  });

  test("BASE_URL loses its last slash, lists their blanks", () => {
    expect(draft({ BASE_URL: "https://chat.example/", ROLES: "api, worker" })).toMatchObject({
      baseUrl: "https://chat.example",
      roles: new Set(["api", "worker"]),
    });
  });

  test.each([
    [{ PORT: "65536" }, /PORT must be from 1 to 65535/],
    [{ PORT: "12.5", SEED: "maybe" }, /PORT .*; SEED must be/],
    [{ PORT: "many" }, /PORT must be a whole number/],
    [{ DATABASE_CONNECTIONS: "3" }, /DATABASE_CONNECTIONS must be from 4 to 1000/],
    [{ ROLES: "api,sockets" }, /ROLES must be some of/],
    [{ BASE_URL: "chat.example" }, /BASE_URL must be an http/],
    [{ BASE_URL: "https://chat.example/parley" }, /BASE_URL must be an address without a path/],
    [{ BASE_URL: "https://chat.example/?x=1" }, /BASE_URL must be an address without a path/],
    [{ HOST: "127.0.0.1," }, /HOST has an empty address/],
    [{ MAIL_URL: "mail.example" }, /MAIL_URL must be an smtp/],
    [{ MAIL_URL: "smtp:mail.example" }, /MAIL_URL names no server/],
    [{ MAIL_URL: "smtp://user:100%@mail.example" }, /^MAIL_URL has a % .* that must be written %25\.$/],
    [{ MAIL_URL: "smtps://50%off:word@mail.example:465" }, /MAIL_URL has a % .* that must be written %25/],
    [{ MAIL_URL: "smtp://user:%E9@mail.example" }, /MAIL_URL has a % .* that must be written %25/],
    [{ MAIL_FROM: "the office" }, /MAIL_FROM must be one address/],
    [{ MAIL_FROM: "a@example.com, b@example.com" }, /MAIL_FROM must be one address/],
    [{ MAIL_FROM: "A <a@example.com>\r\nBcc: b@example.com" }, /MAIL_FROM must be one address/],
    [{ DATABASE_URL: "mysql://x/y" }, /DATABASE_URL must be a postgres/],
    [{ DATABASE_URL: "postgresql://parley:pw@:port/parley" }, /DATABASE_URL must be a postgres/],
    [{ AUTH_SECRET: "short" }, /AUTH_SECRET must have at least 32/],
    [{ ROLES: "web,worker" }, /web without api/],
    [{ OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "parley" }, /go together: set all three/],
    [{ ...provider, OIDC_ISSUER: "http://id.example" }, /OIDC_ISSUER must be an https address/],
    [{ ...provider, OIDC_ISSUER: "ftp://id.example" }, /OIDC_ISSUER must be an https address/],
  ])("%o is refused", (variables, line) => {
    expect(() => draft(variables as unknown as Record<string, string>)).toThrow(line);
  });

  test("a provider to sign in by is for the pages alone; over http on this machine, or where private networks may be reached", () => {
    const own = draft(provider);
    expect(own.provider).toEqual({
      issuer: "https://id.example/realms/acme",
      clientId: "parley",
      clientSecret: "s3cret",
      name: "single sign-on",
    });
    const database = { ownerUrl: "", runtimeUrl: "", embedded: true };
    expect(JSON.stringify(completeConfig(own, SECRET, database))).not.toContain("s3cret");
    expect(draft({}).provider).toBeUndefined();
    for (const more of [{ OIDC_ISSUER: "http://localhost:8080" }, { ...inHouse, ALLOW_PRIVATE_NETWORKS: "true" }])
      expect(draft({ ...provider, ...more }).provider?.issuer).toMatch(/^http:/);
  });

  test("each has a default and a description for the README", () => {
    for (const { default: value, description } of Object.values(settings)) expect(value && description).toBeTruthy();
  });

  test("child processes do not inherit addresses and secrets", () => {
    process.env.MAIL_URL = "smtp://user:password@mail";
    process.env.OIDC_CLIENT_SECRET = "s3cret";
    expect(childEnvironment({ EXTRA: "1" })).toMatchObject({ EXTRA: "1", PATH: process.env.PATH });
    expect(childEnvironment()).not.toHaveProperty("MAIL_URL");
    expect(childEnvironment()).not.toHaveProperty("OIDC_CLIENT_SECRET");
    delete process.env.MAIL_URL;
    delete process.env.OIDC_CLIENT_SECRET;
  });
});

describe("secrets", () => {
  const key = deriveKey(SECRET, "stored-secrets");

  test("purposes and secrets give different keys, the same one the same key", () => {
    expect(deriveKey(SECRET, "stored-secrets")).toEqual(key);
    expect(deriveKey(SECRET, "session")).not.toEqual(key);
    expect(deriveKey(`${SECRET}!`, "stored-secrets")).not.toEqual(key);
    expect(deriveKey(SECRET, "session", 64)).toHaveLength(64);
  });

  test("what was encrypted comes back, and never looks the same twice", () => {
    const stored = encryptSecret(key, "hé\u{1f600}", "t1/issuer");
    expect(decryptSecret(key, stored, "t1/issuer")).toBe("hé\u{1f600}");
    expect(encryptSecret(key, "hé\u{1f600}", "t1/issuer")).not.toBe(stored);
  });

  test("another key, another place, a changed byte and a cut are refused", () => {
    const stored = encryptSecret(key, "whsec", "t1/issuer");
    const changed = stored.slice(0, 10) + (stored[10] === "A" ? "B" : "A") + stored.slice(11);
    expect(() => decryptSecret(deriveKey(SECRET, "session"), stored, "t1/issuer")).toThrow();
    expect(() => decryptSecret(key, stored, "t2/issuer")).toThrow();
    expect(() => decryptSecret(key, changed, "t1/issuer")).toThrow();
    expect(() => decryptSecret(key, stored.slice(0, 20), "t1/issuer")).toThrow();
    expect(() => decryptSecret(key, "v0.abc", "t1/issuer")).toThrow(/unknown form/);
  });
});
