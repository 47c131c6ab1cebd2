"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsInteger, useQueryState } from "nuqs";
import { useState } from "react";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { StateBadge } from "./state-badge.tsx";
import { TemplateActs } from "./template-acts.tsx";
import { TemplateEditor } from "./template-editor.tsx";
import { VersionList } from "./version-list.tsx";

export type Template = Answers["templates"]["get"];

/** One template: its editor with what comes of it, and its versions. */
export function TemplatePage({ name }: { name: string }) {
  const trpc = useTRPC();
  const [version, setVersion] = useQueryState("version", parseAsInteger);
  const [saves, setSaves] = useState(false);
  const asked = { name, ...(version === null ? {} : { version }) };
  const query = useQuery(trpc.templates.get.queryOptions(asked));
  useTitle(query.data?.title, "Templates");
  return (
    <QueryView query={query} title="Template">
      {(template) => (
        <>
          <PageHeader
            title={template.title}
            lead={
              <span className="flex flex-wrap items-center gap-2">
                <code className="font-mono text-xs">{template.name}</code>
                <span>version {template.content.version}</span>
                <StateBadge state={template.content.state} />
              </span>
            }
            action={<TemplateActs template={template} barred={saves} />}
          />
          <TemplateEditor
            key={template.name}
            template={template}
            asked={version}
            onSaves={setSaves}
            onNewest={() => void setVersion(null)}
          />
          <VersionList template={template} />
        </>
      )}
    </QueryView>
  );
}
