import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { loadOperations } from "../../../../components/docs/api-operations.ts";
import { DocsFrame } from "../../../../components/docs/docs-frame.tsx";
import { OperationReference } from "../../../../components/docs/operation-reference.tsx";
import { parseTheme, THEME_COOKIE } from "../../../../components/ui/theme.ts";
import { findReader } from "../../find-reader.ts";

interface Props {
  params: Promise<{ operation: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).operation };
}

export default async function Page({ params }: Props) {
  const operations = loadOperations();
  const { operation: id } = await params;
  const at = operations.findIndex((one) => one.id === id);
  const operation = operations[at];
  if (!operation) notFound();
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const reader = await findReader();
  const own = reader.kind === "operator" ? reader.tenants[0]?.tenantId : undefined;
  const linkTo = (other: (typeof operations)[number] | undefined) =>
    other && { href: `/docs/api/${other.id}`, title: other.id };
  return (
    <DocsFrame
      theme={theme}
      current="/docs/api"
      previous={at > 0 ? linkTo(operations[at - 1]) : { href: "/docs/api", title: "API reference" }}
      next={linkTo(operations[at + 1])}
    >
      <OperationReference
        operation={operation}
        tenantId={own ?? (reader.kind === "demo" ? "demo" : "")}
        demo={reader.kind === "demo" || own === "demo"}
      />
    </DocsFrame>
  );
}
