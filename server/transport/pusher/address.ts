/** Why a connection is closed before it began; protocols.md B6. */
export interface Refused {
  code: number;
  message: string;
}

const appPath = /^\/app\/([^/]+)\/?$/;

/** The key in an address of the upgrade; undefined when it is no such address. */
export function keyOfPath(pathname: string): string | undefined {
  return appPath.exec(pathname)?.[1];
}

/** What is wrong with the protocol that a client asks for; undefined when we speak it. 4 to 7 differ in nothing that we say. */
export function refuseProtocol(query: URLSearchParams): Refused | undefined {
  const protocol = query.get("protocol");
  if (protocol === null || protocol === "") return { code: 4008, message: "No protocol version was supplied" };
  if (!/^[4-7]$/.test(protocol)) return { code: 4007, message: "This protocol version is not supported" };
  const version = query.get("version");
  if (version !== null && !/^[\w.+ -]{1,100}$/.test(version))
    return { code: 4006, message: "The version string cannot be read" };
  return undefined;
}
