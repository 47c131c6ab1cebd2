import * as requests from "../../domain/requests/store.ts";
import { newId } from "../../ids.ts";
import { own, type StoreModules } from "./intruder.ts";

const row = {
  id: newId(),
  at: new Date(),
  transport: "rest",
  operation: "x.y",
  status: 200,
  code: "ok",
  ms: 1,
  credential: "key",
  keyId: null,
  userId: null,
  personId: null,
  requestId: newId(),
  ip: null,
};

export const developerStores: StoreModules = {
  "domain/requests/store.ts": {
    module: requests,
    rows: {
      insertRequests: [({ db, mine }) => requests.insertRequests(db, mine, [row]), undefined],
      addSkips: [({ db, mine }) => requests.addSkips(db, mine, Date.now(), 1), undefined],
      listRequests: [({ db, mine }) => requests.listRequests(db, mine, { limit: 50 }, {}), own],
      summarizeRequests: [({ db, mine }) => requests.summarizeRequests(db, mine, 0), own],
      removeRequests: [({ db, mine }) => requests.removeRequests(db, mine, Date.now() + 60_000, 100), own],
    },
  },
};
