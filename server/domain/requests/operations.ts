import { listRequests } from "./list-requests.ts";
import { summarizeRequests } from "./summarize-requests.ts";

export const requestOperations = { list: listRequests, summarize: summarizeRequests };
