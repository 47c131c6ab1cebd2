import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, as measured on two cores: begun last, one of them would run on alone. Those that mostly wait stand
 * between those that mostly work.
 */
const longest = [
  ...[
    "testing/guide",
    "testing/chaos/mail",
    "testing/catalogue/fuzz",
    "testing/catalogue/negative",
    "testing/chaos/resume",
  ],
  ...[
    "testing/catalogue/parity",
    "testing/start",
    "testing/chaos/presence",
    "persistence/lock-order",
    "testing/chaos/kill",
  ],
  ...["testing/clone", "testing/chaos/drain", "testing/resume/resume-table", "testing/snippets", "testing/chaos/bus"],
];

/** A fresh clone has no timings of earlier runs, which are what vitest goes by. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => moduleId.endsWith(`/server/${name}.test.ts`));
      return place === -1 ? longest.length : place;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
