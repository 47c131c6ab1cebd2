import type { Metadata } from "next";
import { CategoryChoices } from "../../../components/preferences/category-choices.tsx";
import { Outcome } from "../../../components/preferences/outcome.tsx";
import { Subscription } from "../../../components/preferences/subscription.tsx";
import { TimingFields } from "../../../components/preferences/timing-fields.tsx";
import { buttonClass } from "../../../components/ui/button.tsx";
import { Notice } from "../../../components/ui/notice.tsx";
import { askOperation } from "../../ask-api.ts";

// The token in the address is a credential: nothing may keep it or pass it on.
export const metadata: Metadata = { title: "Preferences", robots: "noindex", referrer: "no-referrer" };

interface Props {
  params: Promise<{ token: string }>;
  searchParams: Promise<{ done?: string; fault?: string }>;
}

/** What a mail's link opens. Showing it changes nothing; its forms work without script and without signing in. */
export default async function PreferencesPage({ params, searchParams }: Props) {
  const token = decodeURIComponent((await params).token);
  const { done, fault } = await searchParams;
  // The tenant is the token's first part.
  const asker = { tenantId: token.split(".", 1)[0] ?? "", anonymous: true };
  const preferences = await askOperation("preferences.getByLink", { token }, asker);
  if (!preferences)
    return (
      <Frame>
        <Notice title="This link is not valid">
          <p>It may have been cut off on its way. Open it from the mail again, or copy all of it.</p>
        </Notice>
      </Frame>
    );
  const { branding, pausedUntil, timezone } = preferences;
  const action = `/u/${token}`;
  return (
    <Frame>
      <header className="mb-8 border-t-4 pt-5" style={{ borderColor: branding.colour }}>
        <div className="flex items-center gap-3">
          {branding.logoUrl && (
            // biome-ignore lint/performance/noImgElement: a tenant's picture, from wherever it is
            <img src={branding.logoUrl} alt="" referrerPolicy="no-referrer" className="h-8 w-auto" />
          )}
          <p className="font-medium">{branding.name}</p>
        </div>
        <h1 className="mt-4 text-2xl font-semibold tracking-tight">What {branding.name} sends you</h1>
        <p className="mt-1.5 text-sm text-muted">
          For <span className="break-all">{preferences.userId}</span>. No need to sign in: whoever has this link can
          change it.
        </p>
      </header>
      <Outcome done={done} fault={fault} />
      <Subscription action={action} preferences={preferences} />
      <form method="post" action={action} className="mt-10 space-y-10">
        <input type="hidden" name="do" value="save" />
        <CategoryChoices categories={preferences.categories} />
        <TimingFields preferences={preferences} />
        <div className="flex flex-wrap items-center gap-3 border-t border-line pt-6">
          <button type="submit" className={buttonClass({ variant: "primary" })}>
            Save
          </button>
          {pausedUntil && (
            <p className="text-sm text-muted">
              Paused until <time dateTime={pausedUntil}>{sayTime(pausedUntil, timezone)}</time>.
            </p>
          )}
        </div>
      </form>
    </Frame>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  return <main className="mx-auto max-w-2xl px-4 py-8 sm:px-6 sm:py-12">{children}</main>;
}

function sayTime(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}
