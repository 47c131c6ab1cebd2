import { authorizeChannel } from "./authorize-channel.ts";
import { authorizeUser } from "./authorize-user.ts";
import { getPusherApp } from "./get-pusher-app.ts";
import { rotatePusherApp } from "./rotate-pusher-app.ts";
import { updatePusherApp } from "./update-pusher-app.ts";

export const pusherAppOperations = {
  get: getPusherApp,
  rotate: rotatePusherApp,
  update: updatePusherApp,
  authorizeChannel,
  authorizeUser,
};
