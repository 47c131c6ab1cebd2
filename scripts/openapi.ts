import { openApiDocument } from "../server/transport/rest/openapi.ts";
import { writeOrCheck } from "./written.ts";

// npm run openapi             writes docs/openapi.json from the operations
// npm run openapi -- --check  fails when the committed file says something else than the code

const wanted = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
writeOrCheck("docs/openapi.json", wanted, "docs/openapi.json and the operations differ: npm run openapi");
