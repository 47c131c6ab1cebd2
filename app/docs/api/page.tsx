import type { Metadata } from "next";
import { cookies } from "next/headers";
import Link from "next/link";
import { loadOperations } from "../../../components/docs/api-operations.ts";
import { DocsFrame } from "../../../components/docs/docs-frame.tsx";
import { MethodBadge } from "../../../components/docs/method-badge.tsx";
import { parseTheme, THEME_COOKIE } from "../../../components/ui/theme.ts";

export const metadata: Metadata = { title: "API reference" };

export default async function Page() {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const operations = loadOperations();
  const nouns = [...new Set(operations.map(nounOf))];
  const headings = nouns.map((noun) => ({ level: 2 as const, text: noun, id: noun }));
  return (
    <DocsFrame theme={theme} current="/docs/api" headings={headings}>
      <h1 className="font-semibold text-3xl tracking-tight">API reference</h1>
      <p className="my-4 leading-7">
        Every operation, made from{" "}
        <a href="/openapi.json" className="text-accent underline underline-offset-2">
          /openapi.json
        </a>
        . Each has a page with its fields, its refusals and a form that sends a real call. The same operations are{" "}
        <Link href="/docs/protocols/signalr" prefetch={false} className="text-accent underline underline-offset-2">
          methods of the hub
        </Link>{" "}
        and{" "}
        <Link href="/docs/protocols/trpc" prefetch={false} className="text-accent underline underline-offset-2">
          tRPC procedures
        </Link>
        .
      </p>
      {nouns.map((noun) => (
        <section key={noun} aria-labelledby={noun} className="mt-8">
          <h2 id={noun} className="font-semibold text-lg tracking-tight">
            {noun}
          </h2>
          <ul className="mt-2 divide-y divide-line rounded-xl border border-line">
            {operations
              .filter((operation) => nounOf(operation) === noun)
              .map(({ id, method, path, summary }) => (
                <li key={id}>
                  <Link href={`/docs/api/${id}`} prefetch={false} className="block px-4 py-2.5 hover:bg-sunken">
                    <span className="flex items-baseline gap-2">
                      <MethodBadge method={method} />
                      <code className="min-w-0 break-all font-mono text-[0.8125rem]">
                        {path.replace("/tenant/{tenantId}/v1", "")}
                      </code>
                    </span>
                    <span className="mt-0.5 block text-muted text-sm">{summary}</span>
                  </Link>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </DocsFrame>
  );
}

function nounOf({ id }: { id: string }): string {
  return id.split(".")[0] ?? id;
}
