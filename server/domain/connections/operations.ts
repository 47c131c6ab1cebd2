import { disconnectConnection } from "./disconnect-connection.ts";
import { listConnections } from "./list-connections.ts";

export const connectionOperations = { list: listConnections, disconnect: disconnectConnection };
