import type { Answers } from "../trpc.ts";

/** One mail: its HTML in a frame that runs nothing and is of no origin, its text, its headers. */
export function OpenedMail({ mail }: { mail: Answers["mail"]["getCaught"] }) {
  return (
    <article className="min-w-0 space-y-6">
      <h2 className="text-lg font-semibold">{mail.subject}</h2>
      <iframe
        title={`HTML of ${mail.subject}`}
        sandbox=""
        referrerPolicy="no-referrer"
        srcDoc={mail.html}
        className="h-[32rem] w-full rounded-lg border border-line bg-white"
      />
      <section>
        <h3 className="mb-2 font-medium">Text</h3>
        <pre className="overflow-x-auto rounded-lg border border-line bg-sunken p-4 text-sm whitespace-pre-wrap">
          {mail.text}
        </pre>
      </section>
      <section>
        <h3 className="mb-2 font-medium">Headers</h3>
        <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[12rem_1fr]">
          {mail.headers.map(({ name, value }) => (
            <div key={`${name}: ${value}`} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-all font-mono">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
    </article>
  );
}
