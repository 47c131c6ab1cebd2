import { cancelBatch } from "./cancel-batch.ts";
import { countRecipients } from "./count-recipients.ts";
import { createBatch } from "./create-batch.ts";
import { getBatch } from "./get-batch.ts";
import { listBatches } from "./list-batches.ts";
import { updateBatch } from "./update-batch.ts";

export const batchOperations = {
  create: createBatch,
  countRecipients,
  list: listBatches,
  get: getBatch,
  update: updateBatch,
  cancel: cancelBatch,
};
