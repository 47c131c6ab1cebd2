import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, longest first, as measured on two cores: begun last, one of them would run on alone. */
const longest = [
  ...["testing/chaos/mail", "testing/chaos/kill", "testing/catalogue/fuzz", "testing/catalogue/negative"],
  ...["testing/catalogue/parity", "persistence/lock-order", "testing/start", "testing/guide", "testing/chaos/resume"],
  ...["testing/chaos/bus", "testing/chaos/presence", "domain/events/list-events", "persistence/migrate"],
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
