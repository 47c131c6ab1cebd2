import { buttonClass } from "../ui/button.tsx";
import type { Category, LinkedPreferences } from "./types.ts";

/** The type that the mail was of: one button to get no more of it, and one to take that back. */
export function Subscription({ action, preferences }: { action: string; preferences: LinkedPreferences }) {
  const category = preferences.categories.find(({ type }) => type === preferences.type);
  if (!category) return null;
  const { enabled, locked, choice } = category.channels.email;
  const ofAll = category.type === "*";
  const all = preferences.categories.find(({ type }) => type === "*")?.channels.email;
  // Senders may ask for a mail that is not the default: who has said no to nothing gets it, and can say no here.
  const mailed = choice === "default" ? enabled || ofAll || all?.choice !== "off" : choice === "on";
  const subscribed = mailed || (ofAll && preferences.categories.some(isWanted));
  const what = ofAll ? "any mail but what is always sent" : "mail of this kind";
  return (
    <section aria-labelledby="subscription" className="rounded-2xl border border-line bg-surface p-5 sm:p-6">
      <h2 id="subscription" className="font-medium">
        {ofAll ? "All mail" : category.title}
      </h2>
      <p className="mt-1.5 text-sm leading-6 text-muted">
        {locked
          ? "Mail of this kind is always sent: it cannot be switched off."
          : subscribed
            ? `${ofAll ? "" : "The mail that brought you here was of this kind. "}You can stop getting ${what}.`
            : `You do not get ${what} any more.`}
      </p>
      {!locked && (
        <form method="post" action={action} className="mt-4">
          <input type="hidden" name="do" value={subscribed ? "unsubscribe" : "undo"} />
          <button type="submit" className={buttonClass({ variant: subscribed ? "primary" : "secondary" })}>
            {subscribed ? "Unsubscribe" : "Undo"}
          </button>
        </form>
      )}
    </section>
  );
}

/** Chosen though not all is. */
const isWanted = ({ channels: { email } }: Category) => email.choice === "on" && !email.locked;
