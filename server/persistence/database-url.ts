/** Reads a Postgres URL. Forms without a host (`postgresql:///parley`, `…@/parley?host=/run/postgresql`) mean this machine. */
export function parseDatabaseUrl(text: string): URL {
  const withHost = text.replace(/^([a-z]+:\/\/(?:[^/@]*@)?)\//i, "$1localhost/");
  if (!URL.canParse(withHost))
    throw new Error("The database URL is not of the form postgresql://user:password@host:port/database.");
  return new URL(withHost);
}

/** Name of the database a URL points to; like Postgres, the user's name when there is none. */
export function databaseName(url: URL): string {
  return decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username) || "postgres";
}

/** The same server, another database. */
export function withDatabase(url: URL, database: string): URL {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other;
}

/** The same database, another login. */
export function withLogin(url: URL, user: string, password: string): URL {
  const other = new URL(url);
  other.searchParams.delete("user");
  other.searchParams.delete("password");
  other.username = encodeURIComponent(user);
  other.password = encodeURIComponent(password);
  return other;
}
