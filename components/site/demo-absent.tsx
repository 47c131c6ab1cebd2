"use client";

import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { useDemo } from "./demo-provider.tsx";

/** Why there is no demo to show, and what to do about it. */
export function DemoAbsent() {
  const { state, retry } = useDemo();
  const again = <Button onClick={retry}>Try again</Button>;
  if (state.kind === "off") {
    return (
      <Notice title="The demo is off on this installation" action={again}>
        <p>
          The live chat signs in as people of the demo tenant, and there is none here: it is made where an empty
          database is started with <code className="font-mono text-text">SEED=demo</code>.
        </p>
        <p>
          To try it, start a copy with the demo: <code className="font-mono text-text">SEED=demo npm start</code> on
          your own machine, then open <code className="font-mono text-text">http://localhost:3000</code>.
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="The API does not answer" action={again}>
      <p>
        The page is here, but <code className="font-mono text-text">/tenant/demo/v1</code> behind it is not. If the
        service has just started, give it a moment; otherwise look at what{" "}
        <code className="font-mono text-text">npm start</code> printed.
      </p>
    </Notice>
  );
}
