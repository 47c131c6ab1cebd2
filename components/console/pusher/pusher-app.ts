import type { Answers } from "../trpc.ts";

export type PusherApp = Answers["pusherApps"]["get"];

export interface AppPartProps {
  app: PusherApp;
  onChanged: (app: PusherApp) => void;
}
