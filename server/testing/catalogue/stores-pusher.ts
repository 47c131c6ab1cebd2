import * as pusherApps from "../../domain/pusher-apps/store.ts";
import * as channels from "../../realtime/channel-store.ts";
import { testSecret } from "../stack.ts";
import { own, type StoreModules } from "./intruder.ts";

/** Of the tenant as a Pusher app, and of its channels. */
export const pusherStores: StoreModules = {
  "domain/pusher-apps/store.ts": {
    module: pusherApps,
    rows: {
      getPusherApp: [({ db, mine }) => pusherApps.getPusherApp(db, mine, testSecret), own],
      ensurePusherApp: [({ tx, mine }) => pusherApps.ensurePusherApp(tx, mine, testSecret), undefined],
      replacePusherSecret: [({ tx, mine }) => pusherApps.replacePusherSecret(tx, mine, testSecret, { key: true }), own],
      ensureWebhooks: [({ tx, mine }) => pusherApps.ensureWebhooks(tx, mine, []), undefined],
      savePusherApp: [({ tx, mine }) => pusherApps.savePusherApp(tx, mine, testSecret, { clientEvents: true }), own],
    },
  },
  "realtime/channel-store.ts": {
    module: channels,
    rows: {
      changeChannels: [
        ({ db, mine }) => channels.changeChannels(db.pool, mine, "n", [{ c: "lobby", n: 1, m: [] }]),
        own,
      ],
      dropDeadChannels: [({ db, mine }) => channels.dropDeadChannels(db.pool, mine), own],
      dropDeadOf: [({ db, mine }) => channels.dropDeadOf(db.pool, mine, ["presence-crew"]), own],
      findRosters: [
        ({ db, mine }) => channels.findRosters(db.pool, mine, [{ channel: "presence-crew" }]),
        [{ channel: "presence-crew", version: 0, subscriptions: 0, members: new Map() }],
      ],
      listChannels: [({ db, mine }) => channels.listChannels(db.pool, mine, "", 100), []],
      putCachedEvent: [
        ({ db, mine }) => channels.putCachedEvent(db.pool, mine, ["cache-x"], { event: "e", data: "{}" }),
        own,
      ],
      findCachedEvent: [({ db, mine }) => channels.findCachedEvent(db.pool, mine, "cache-crew", 60), undefined],
      addChannelNotices: [
        ({ db, mine }) => channels.addChannelNotices(db.pool, mine, [{ name: "client_event", channel: "x", body: {} }]),
        false,
      ],
      findChatPresence: [({ db, mine, theirs }) => channels.findChatPresence(db.pool, mine, theirs.chatId), []],
    },
  },
};
