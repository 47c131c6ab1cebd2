import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import next from "next";
import type { SignInProvider } from "./config/config.ts";
import { projectRoot } from "./persistence/project-root.ts";
import { type Running, runAsChild } from "./supervisor/child.ts";

// The web role: Next behind the api role's port. It has no database; what its server side needs to know comes with the start
// order and is put where pages and next-auth look for it, in its own environment.

export interface WebSettings {
  dev: boolean;
  /** Where this process reaches the api. */
  apiUrl: string;
  /** Where browsers do. */
  baseUrl: string;
  authSecret: string;
  provider?: SignInProvider | undefined;
}

runAsChild<WebSettings>("web", startWeb);

async function startWeb({ dev, apiUrl, baseUrl, authSecret, provider }: WebSettings): Promise<Running> {
  Object.assign(process.env, { PARLEY_API_URL: apiUrl, NEXTAUTH_URL: baseUrl, NEXTAUTH_SECRET: authSecret });
  if (provider) process.env.PARLEY_SIGN_IN_PROVIDER = JSON.stringify(provider);
  const httpServer = createServer();
  await new Promise<void>((resolve) => httpServer.listen(0, "127.0.0.1", resolve));
  const { port } = httpServer.address() as AddressInfo;
  const app = next({ dev, dir: projectRoot(), hostname: "127.0.0.1", port, httpServer });
  await app.prepare();
  const handle = app.getRequestHandler();
  httpServer.on("request", (request, response) => void handle(request, response));
  return { port, close: () => closeAll() };

  async function closeAll(): Promise<void> {
    const closed = new Promise<void>((resolve) => httpServer.close(() => resolve()));
    httpServer.closeIdleConnections();
    setTimeout(() => httpServer.closeAllConnections(), 2_000).unref();
    await closed;
    await app.close();
  }
}
