import { createIssuer } from "./create-issuer.ts";
import { deleteIssuer } from "./delete-issuer.ts";
import { listIssuers } from "./list-issuers.ts";
import { testIssuer } from "./test-issuer.ts";
import { updateIssuer } from "./update-issuer.ts";

export const issuerOperations = {
  list: listIssuers,
  create: createIssuer,
  update: updateIssuer,
  delete: deleteIssuer,
  test: testIssuer,
};
