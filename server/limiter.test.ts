import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { DomainError } from "./errors.ts";
import { headersOf, Limiter, TokenBucket } from "./limiter.ts";

const rate = { rate: 2, burst: 3 };

function refusalOf(take: () => unknown): DomainError {
  try {
    take();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("It was let through");
}

describe("a bucket", () => {
  test("lets a burst through, then what its rate fills in, and never holds more than the burst", () => {
    let now = 0;
    const limiter = new Limiter(
      () => 1,
      () => now,
    );
    const take = () => limiter.take("user", "ada", rate);
    expect([take(), take(), take()].map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
    expect(refusalOf(take)).toMatchObject({ code: "rate_limited", status: 429 });
    now += 500;
    expect(take().remaining).toBe(0);
    refusalOf(take);
    now += 3_600_000;
    expect([take(), take(), take()].map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
    refusalOf(take);
  });

  test("loses nothing when the clock is set back, and is filled from then on", () => {
    let now = 3_600_000;
    const limiter = new Limiter(
      () => 1,
      () => now,
    );
    const take = () => limiter.take("user", "ada", rate);
    take();
    now = 0;
    expect([take(), take()].map(({ remaining }) => remaining)).toEqual([1, 0]);
    refusalOf(take);
    now += 500;
    expect(take().remaining).toBe(0);
  });

  test("is charged what something turned out to cost, and gives nothing until that is made up for", () => {
    let now = 0;
    const limiter = new Limiter(
      () => 1,
      () => now,
    );
    const take = () => limiter.take("rendering", "acme", rate);
    take();
    limiter.charge("rendering", "acme", 10);
    expect(refusalOf(take).face.retryAfter).toBe(5);
    now += 4_000;
    refusalOf(take);
    now += 500;
    expect(take().remaining).toBe(0);
  });

  test("belongs to one name and key", () => {
    const limiter = new Limiter(
      () => 1,
      () => 0,
    );
    for (let i = 0; i < 3; i++) limiter.take("address", "192.0.2.1", rate);
    refusalOf(() => limiter.take("address", "192.0.2.1", rate));
    expect(limiter.take("address", "192.0.2.2", rate).remaining).toBe(2);
    expect(limiter.take("user", "192.0.2.1", rate).remaining).toBe(2);
  });

  test("stays while others of another name come by the hundred thousand", () => {
    const limiter = new Limiter(
      () => 1,
      () => 0,
    );
    for (let i = 0; i < 3; i++) limiter.take("sign-in", "ada", rate);
    for (let i = 0; i < 100_000; i++) limiter.take("user", String(i), rate);
    refusalOf(() => limiter.take("sign-in", "ada", rate));
    expect(limiter.isSpent("sign-in", "ada")).toBe(true);
  });

  test("follows a changed rate without being filled by it", () => {
    const limiter = new Limiter(
      () => 1,
      () => 0,
    );
    for (let i = 0; i < 3; i++) limiter.take("user", "ada", rate);
    refusalOf(() => limiter.take("user", "ada", { rate: 1000, burst: 1000 }));
    expect(limiter.take("user", "ben", { rate: 1000, burst: 1000 }).remaining).toBe(999);
    expect(limiter.take("user", "ben", rate).remaining).toBe(2);
  });

  test("is shared out among nodes, down to one token each", () => {
    const limiter = new Limiter(
      () => 3,
      () => 0,
    );
    limiter.take("user", "ada", rate);
    refusalOf(() => limiter.take("user", "ada", rate));
    const many = new Limiter(
      () => 100,
      () => 0,
    );
    expect(many.take("user", "ada", rate).limit).toBe(1);
  });

  test("of one connection takes several at once, or none of them", () => {
    const bucket = new TokenBucket({ rate: 1, burst: 10 }, 0);
    expect([bucket.take(0, 8), bucket.take(0, 3), bucket.take(0, 2), bucket.take(0)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([bucket.take(2000, 3), bucket.take(2000, 2)]).toEqual([false, true]);
  });
});

test("a name that few come by takes no room for all that might", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 2 ** 20;
  };
  const before = held();
  const limiter = new Limiter();
  for (let name = 0; name < 20; name++) limiter.take(`name ${name}`, "ada", rate);
  expect(held() - before).toBeLessThan(10);
  expect(limiter.isSpent("name 0", "ada")).toBe(false);
});

describe("what a caller is told", () => {
  test("the seconds until there is a token again, rounded up", () => {
    let now = 0;
    const limiter = new Limiter(
      () => 1,
      () => now,
    );
    const slow = { rate: 0.1, burst: 1 };
    limiter.take("user", "ada", slow);
    now = 1;
    const { face } = refusalOf(() => limiter.take("user", "ada", slow));
    expect(face).toMatchObject({
      retryAfter: 10,
      headers: { "RateLimit-Policy": '"user";q=1;w=10', RateLimit: '"user";r=0;t=10' },
    });
    now = 10_001;
    expect(limiter.take("user", "ada", slow).remaining).toBe(0);
  });

  test("the policy and what is left of it", () => {
    const limiter = new Limiter(
      () => 1,
      () => 0,
    );
    const headers = headersOf(limiter.take("key", "k", { rate: 1000, burst: 5000 }));
    expect(headers).toEqual({ "RateLimit-Policy": '"key";q=5000;w=5', RateLimit: '"key";r=4999;t=1' });
  });
});
