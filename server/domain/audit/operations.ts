import { exportAudit } from "./export-audit.ts";
import { listAudit } from "./list-audit.ts";

export const auditOperations = { list: listAudit, export: exportAudit };
