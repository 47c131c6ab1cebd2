import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../server/persistence/project-root.ts";
import { openApiDocument } from "../server/transport/rest/openapi.ts";

// npm run openapi             writes docs/openapi.json from the operations
// npm run openapi -- --check  fails when the committed file says something else than the code

const file = join(projectRoot(), "docs/openapi.json");
const wanted = `${JSON.stringify(openApiDocument(), null, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(file, wanted);
else if (!existsSync(file) || readFileSync(file, "utf8") !== wanted) {
  console.error("docs/openapi.json and the operations differ: npm run openapi");
  process.exitCode = 1;
}
