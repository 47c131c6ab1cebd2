const PROMISES = [
  { term: "Yours", text: "One command, one Postgres, on your machine. No account and no outside service." },
  {
    term: "Many customers",
    text: "Each tenant has its own people, keys and log. Nothing crosses from one to another.",
  },
  {
    term: "In order, without holes",
    text: "Numbered 1, 2, 3 in every chat. Come back after an outage and nothing is missing.",
  },
  { term: "Stock clients", text: "Plain REST and Microsoft’s own SignalR client. No library of ours to learn first." },
];

export function Promises() {
  return (
    <dl className="grid gap-x-8 gap-y-6 border-y border-line py-8 sm:grid-cols-2 lg:grid-cols-4">
      {PROMISES.map(({ term, text }) => (
        <div key={term}>
          <dt className="text-sm font-medium">{term}</dt>
          <dd className="mt-1 text-pretty text-sm leading-6 text-muted">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
