import type { ReactNode } from "react";

export interface SectionProps {
  id: string;
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="py-8 sm:py-10">
      <h2 id={`${id}-title`} className="text-xl font-semibold tracking-tight sm:text-2xl">
        {title}
      </h2>
      {lead && <p className="mt-2 max-w-2xl text-pretty text-muted">{lead}</p>}
      <div className="mt-6">{children}</div>
    </section>
  );
}
