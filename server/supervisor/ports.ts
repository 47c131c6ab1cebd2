import { createServer, type Server } from "node:net";
import { listenOptions } from "../config/config.ts";
import { StartError } from "../config/start-error.ts";

/**
 * The addresses of `hosts` to listen on: those that this machine has (without IPv6 it has no ::1, which is no reason not to start), each
 * once, however it is written.
 * @param report gets a line for each that it lacks, but for ::1: who names that, or leaves the default, means whatever loopback there is.
 * @throws StartError when the port is taken, or not ours to take.
 */
export async function usableHosts(hosts: string[], port: number, report: (line: string) => void): Promise<string[]> {
  const present: string[] = [];
  for (const host of hosts) {
    const tried = await tryListening(host, { host: hosts, port });
    if (typeof tried === "object") {
      present.push(host);
      await close(tried);
    }
    if (tried === "EADDRINUSE") {
      throw new StartError(`Port ${port} is in use on ${host}: stop what listens there, or set PORT.`);
    }
    if (tried === "EACCES") throw new StartError(`Port ${port} is not open to this user: set PORT to 1024 or more.`);
  }
  if (present.length === 0) throw new StartError(`HOST ${hosts.join(",")} is no address of this machine.`);
  for (const host of hosts) {
    if (present.includes(host) || host === "::1") continue;
    report(`${host} in HOST is no address of this machine: Parley does not listen there`);
  }
  return await apart(present, port);
}

/** Without those that another of them takes already: localhost beside 127.0.0.1. */
async function apart(hosts: string[], port: number): Promise<string[]> {
  const held = new Map<string, Server>();
  for (const host of hosts) {
    const tried = await tryListening(host, { host: hosts, port });
    if (typeof tried === "object") held.set(host, tried);
  }
  await Promise.all([...held.values()].map(close));
  return [...held.keys()];
}

function tryListening(host: string, all: { host: string[]; port: number }): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(listenOptions(host, all), () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
