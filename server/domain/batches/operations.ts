import { cancelBatch } from "./cancel-batch.ts";
import { createBatch } from "./create-batch.ts";
import { getBatch } from "./get-batch.ts";
import { listBatches } from "./list-batches.ts";
import { updateBatch } from "./update-batch.ts";

export const batchOperations = {
  create: createBatch,
  list: listBatches,
  get: getBatch,
  update: updateBatch,
  cancel: cancelBatch,
};
