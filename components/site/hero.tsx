import { buttonClass } from "../ui/button.tsx";
import { WhatRuns } from "./what-runs.tsx";

export function Hero() {
  return (
    <div className="grid items-center gap-x-16 gap-y-12 pt-12 pb-6 sm:pt-16 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
      <div>
        <h1 className="max-w-2xl text-balance text-4xl font-semibold tracking-tight sm:text-5xl sm:leading-[1.08]">
          Chat and notifications, on a server of your own
        </h1>
        <p className="mt-5 max-w-xl text-pretty text-lg leading-8 text-muted">
          Parley is the open-source service behind an app’s conversations. This is your copy of it, and the chat below
          is its real API, twice.
        </p>
        <div className="mt-7 flex flex-wrap gap-3">
          <a href="#live" className={buttonClass({ variant: "primary" })}>
            Try the live chat
          </a>
          <a href="#start" className={buttonClass()}>
            Use it from your code
          </a>
        </div>
      </div>
      <WhatRuns />
    </div>
  );
}
