import { Code } from "../../ui/code.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { verifiers } from "./verifiers.ts";

/** How a backend knows that what comes is from here. */
export function VerifierCode() {
  return (
    <section aria-labelledby="verify" className="mt-8">
      <h2 id="verify" className="mb-1 font-semibold">
        Verify what comes
      </h2>
      <p className="mb-3 max-w-2xl text-muted text-sm leading-6">
        With the body as it came, byte for byte, and the endpoint's secret. Answer with 2xx within ten seconds; leave
        out a <code className="font-mono text-xs">webhook-id</code> that you had before.
      </p>
      <div className="rounded-xl border border-line bg-surface">
        <Tabs
          label="Language"
          tabs={verifiers.map(({ id, label, text }) => ({
            id,
            label,
            content: <Code shown={text} copied={text} what={`the ${label} code`} />,
          }))}
        />
      </div>
    </section>
  );
}
