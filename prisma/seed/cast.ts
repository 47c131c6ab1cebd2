/** Tenants and people that the demo and tests know by name. */

export const tenants = {
  demo: { id: "demo", name: "Lighthouse Ferries" },
  harbour: { id: "harbour", name: "Harbour Office" },
} as const;

/** The two places of the company, hours apart. */
export const zones = { lisbon: "Europe/Lisbon", dubai: "Asia/Dubai" } as const;

export interface Person {
  userId: string;
  displayName: string;
  email: string;
  locale: string;
  timezone: string;
  /** What they do, as their profile says it. */
  role: string;
}

/** In the order in which the demo shows them: the first two share its lobby. */
export const people = [
  person("ada", "Ada Marques", "en-GB", zones.lisbon, "Captain"),
  person("ben", "Ben Carter", "en-GB", zones.lisbon, "Operations"),
  person("carla", "Carla Nunes", "pt-PT", zones.lisbon, "Timetables"),
  person("duarte", "Duarte Lima", "pt-PT", zones.lisbon, "Chief engineer"),
  person("emma", "Emma Schmidt", "de-DE", zones.lisbon, "Passenger service"),
  person("farid", "Farid Haddad", "ar-AE", zones.dubai, "Freight"),
  person("gita", "Gita Rao", "en-IN", zones.dubai, "Freight planning"),
  person("hana", "Hana Yilmaz", "tr-TR", zones.dubai, "Crew planning"),
  person("ivo", "Ivo Santos", "pt-PT", zones.lisbon, "Deck"),
  person("joana", "Joana Reis", "pt-PT", zones.lisbon, "Tickets"),
  person("karim", "Karim Mansour", "ar-AE", zones.dubai, "Customs"),
  person("leila", "Leila Nasser", "ar-AE", zones.dubai, "Accounts"),
] as const satisfies Person[];

/** The one user of the other tenant. */
export const harbourMaster = person("harriet", "Harriet Vane", "en-GB", zones.lisbon, "Harbour master");

export function nameOf(userId: string): string {
  return people.find((person) => person.userId === userId)?.displayName ?? userId;
}

function person<const Id extends string>(
  userId: Id,
  displayName: string,
  locale: string,
  timezone: string,
  role: string,
) {
  return { userId, displayName, email: `${userId}@lighthouse.example`, locale, timezone, role };
}
