import Link from "next/link";
import type { ApiOperation } from "./api-operations.ts";
import { sampleOf } from "./api-sample.ts";
import { MethodBadge } from "./method-badge.tsx";
import { SchemaFields, typeText } from "./schema-fields.tsx";
import { TryIt } from "./try-it.tsx";

const callers: Record<string, string> = {
  user: "A user, by token; or a key that acts as one (X-Act-As-User)",
  "user-or-key": "A user by token, or a key",
  key: "A back end, by key",
  admin: "A key, a token with the Admin group, or an operator in the console",
  anyone: "Anybody",
  person: "Whoever is signed in to the console",
  internal: "The service's own pages",
  installation: "The installation's key",
};

export interface OperationProps {
  operation: ApiOperation;
  tenantId: string;
  demo: boolean;
}

/** One operation: who may, what goes in, what comes out, and a form that calls it. */
export function OperationReference({ operation, tenantId, demo }: OperationProps) {
  const { id, method, path, summary, caller, scope, hubMethod, parameters, body, answer, problems } = operation;
  return (
    <article className="space-y-8">
      <header>
        <p className="flex flex-wrap items-center gap-2">
          <MethodBadge method={method} />
          <code className="break-all font-mono text-sm">{path}</code>
        </p>
        <h1 className="mt-3 break-words font-semibold text-2xl tracking-tight">{id}</h1>
        <p className="mt-2 text-muted leading-7">{summary}.</p>
        <p className="mt-2 text-sm">
          {callers[caller] ?? caller}
          {scope && (
            <>
              {"; scope "}
              <code className="font-mono text-[0.8125rem]">{scope}</code>
            </>
          )}
          .
        </p>
        {hubMethod && (
          <p className="mt-2 text-sm">
            On the SignalR hub <code className="break-all font-mono text-[0.8125rem]">{hubMethod}</code>.
          </p>
        )}
      </header>
      {parameters.length > 0 && (
        <Part title="Parameters">
          <SchemaFields
            schema={{
              properties: Object.fromEntries(
                parameters.map((parameter) => [
                  parameter.name,
                  { ...parameter.schema, description: describePlace(parameter.in, parameter.schema.description) },
                ]),
              ),
              required: parameters.filter(({ required }) => required).map(({ name }) => name),
            }}
          />
        </Part>
      )}
      {body && (
        <Part title="Body">
          <SchemaFields schema={body} />
        </Part>
      )}
      <Part title="Try it">
        <TryIt
          method={method}
          path={path}
          parameters={parameters.map(({ name, in: place, required = false }) => ({ name, in: place, required }))}
          body={body && JSON.stringify(sampleOf(body), null, 2)}
          tenantId={tenantId}
          demo={demo}
          session={caller === "person"}
        />
      </Part>
      <Part title={`Answer: ${answer.status}, ${typeText(answer.schema)}`}>
        <SchemaFields schema={answer.schema} />
      </Part>
      <Part title="Refusals">
        <ul className="space-y-1 text-sm">
          {problems.map(({ status, codes }) => (
            <li key={status} className="flex flex-wrap gap-x-3">
              <span className="w-8">{status}</span>
              {codes.map((code) => (
                <Link key={code} href={`/docs/errors/${code}`} prefetch={false} className="text-accent underline">
                  {code}
                </Link>
              ))}
            </li>
          ))}
        </ul>
      </Part>
    </article>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-3 font-semibold text-lg tracking-tight">{title}</h2>
      {children}
    </section>
  );
}

function describePlace(place: string, description: string | undefined): string {
  const where = { path: "in the address", query: "in the query", header: "a header" }[place] ?? place;
  return description ? `${description} (${where})` : where.charAt(0).toUpperCase() + where.slice(1);
}
