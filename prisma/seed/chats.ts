import { people } from "./cast.ts";
import { longHistory } from "./history.ts";
import { type Line, placeTalk } from "./line.ts";
import { seededRandom } from "./random.ts";
import { announcements, directTalk, dubaiTalk, lobbyTalk } from "./talks.ts";

export const historyLength = 5000;

export interface SeedChat {
  kind: "group" | "direct";
  name: string | null;
  policy: "open" | "moderated";
  frozen: boolean;
  /** ms since 1970 */
  createdAt: number;
  owner: string;
  moderators: string[];
  memberIds: string[];
  /** Oldest first. */
  lines: Line[];
  /** How many of the last messages a member has not read; 0 unless told. What one wrote after them counts as read. */
  behind: Record<string, number>;
}

const hour = 3_600_000;
const everybody: string[] = people.map(({ userId }) => userId);

/** The six chats of the demo as they stand at `now`. The lobby has the newest message, so it comes first in everybody's list. */
export function demoChats(now: number): SeedChat[] {
  const talk = (said: typeof lobbyTalk, seed: number) => placeTalk(said, now, seededRandom(seed));
  return [
    chat({
      name: "Lobby",
      memberIds: everybody,
      createdAt: now - 52 * hour,
      lines: talk(lobbyTalk, 1),
      behind: { ben: 1, carla: 2, emma: 4, gita: 6, hana: 12, ivo: 9, joana: 5, leila: 3 },
    }),
    chat({
      kind: "direct",
      name: null,
      memberIds: ["ada", "ben"],
      createdAt: now - 31 * hour,
      lines: talk(directTalk, 2),
      behind: { ada: 2 },
    }),
    chat({
      name: "Bridge & operations",
      memberIds: everybody.slice(0, 9),
      moderators: ["ben"],
      createdAt: now - 26 * 24 * hour,
      lines: longHistory(now, historyLength),
      behind: { ada: 7, carla: 38, emma: historyLength, farid: 60, hana: historyLength, ivo: 15 },
    }),
    chat({
      name: "مكتب دبي للشحن",
      memberIds: ["farid", "ada", "karim", "leila"],
      createdAt: now - 47 * hour,
      lines: talk(dubaiTalk, 3),
      behind: { ada: 5, karim: 1 },
    }),
    chat({
      name: "Announcements",
      policy: "moderated",
      frozen: true,
      memberIds: everybody,
      moderators: ["ben"],
      createdAt: now - 481 * hour,
      lines: talk(announcements, 4),
      behind: { emma: 2, hana: 4, joana: 1, karim: 6, leila: 2 },
    }),
    chat({
      name: "Winter timetable",
      memberIds: ["carla", "ada", "ben", "gita"],
      createdAt: now - 29 * hour,
      lines: [],
    }),
  ];
}

/** The first member is the owner. */
function chat(of: Partial<SeedChat> & Pick<SeedChat, "name" | "memberIds" | "createdAt" | "lines">): SeedChat {
  return {
    kind: "group",
    policy: "open",
    frozen: false,
    owner: of.memberIds[0] ?? "",
    moderators: [],
    behind: {},
    ...of,
  };
}
