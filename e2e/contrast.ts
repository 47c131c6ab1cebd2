import type AxeBuilder from "@axe-core/playwright";

export type AxeResults = Awaited<ReturnType<AxeBuilder["analyze"]>>;
export type RunOptions = Parameters<AxeBuilder["options"]>[0];

declare const axe: {
  run(context: string | Document, options: RunOptions): Promise<AxeResults>;
  configure(spec: { rules: { id: string; selector: string }[] }): void;
};

/** Runs in the page: what axe finds wrong with it. */
export async function runAxe({
  within,
  options,
}: {
  within?: string;
  options: RunOptions;
}): Promise<AxeResults["violations"]> {
  return (await axe.run(within ?? document, options)).violations;
}

/**
 * Runs in the page: what axe says of its colours, where of texts alike in all that contrast depends on one is judged for all. A
 * text is alike only where nothing but plain colours can lie behind it, up to the first opaque one; and where axe did not judge
 * the one (it is disabled, covered, a single letter), all that are like it are judged.
 * @param options.passed what is alike to texts of earlier pages that axe passed, as this said of them
 */
export async function judgeContrast({ within, passed }: { within?: string; passed: string[] }): Promise<{
  violations: AxeResults["violations"];
  passed: string[];
}> {
  const mark = "data-alike";
  const noText = ["hidden", "range", "color", "checkbox", "radio", "image"].map((type) => `[type=${type}]`);
  const fields = `input:not(${noText}), select, textarea`;
  const styles = new Map<Element, CSSStyleDeclaration>();
  const styleOf = (element: Element) => {
    const style = styles.get(element) ?? getComputedStyle(element);
    styles.set(element, style);
    return style;
  };
  const isPaint = (style: CSSStyleDeclaration) =>
    style.backgroundImage !== "none" || !/^rgba\(.*, 0\)$|\/ 0\)$/.test(style.backgroundColor);
  const hasPaintedPseudo = (element: Element) =>
    ["::before", "::after"].some((name) => {
      const style = getComputedStyle(element, name);
      return style.content !== "none" && style.position !== "static" && isPaint(style);
    });
  /** May lie elsewhere than in its own place in the flow. */
  const isLoose = (element: Element) => {
    const style = styleOf(element);
    const isMoved =
      style.position === "relative" && (style.zIndex !== "auto" || style.inset.replace(/auto|0px|\s/g, ""));
    return (
      ["absolute", "fixed", "sticky"].includes(style.position) ||
      isMoved ||
      style.float !== "none" ||
      style.transform !== "none" ||
      style.translate !== "none" ||
      style.margin.includes("-") ||
      style.gridRowStart !== "auto" ||
      style.gridColumnStart !== "auto"
    );
  };
  const all = [document.body, ...document.body.querySelectorAll("*")];
  const loose = all
    .filter((element) => isLoose(element) || (styleOf(element).position !== "static" && hasPaintedPseudo(element)))
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ element, box }) => box.width * box.height > 0 || element.childNodes.length > 0);
  const loosened = new Set(loose.map(({ element }) => element));
  const lieOver = (a: DOMRect, b: DOMRect) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const holds = (a: DOMRect, b: DOMRect) =>
    a.left <= b.left && a.right >= b.right && a.top <= b.top && a.bottom >= b.bottom;
  const alone = new Map<Element, boolean>();
  /** Wherever it lies, only what it is in lies behind it, as nothing else is there. */
  const isAlone = (element: Element) => {
    const box = element.getBoundingClientRect();
    const isIt =
      alone.get(element) ??
      !all.some(
        (other) => !other.contains(element) && !element.contains(other) && lieOver(box, other.getBoundingClientRect()),
      );
    alone.set(element, isIt);
    return isIt;
  };

  /** All that the contrast of a text depends on; none where that cannot be told from its ancestors. */
  function keyOf(element: Element): string | undefined {
    const { color, webkitTextFillColor, fontSize, fontWeight, textShadow } = styleOf(element);
    if (textShadow !== "none") return undefined;
    const key = [color, webkitTextFillColor, fontSize, fontWeight, element.matches(fields) ? element.tagName : ""];
    const box = element.getBoundingClientRect();
    let isGround = false;
    let isMoved = false;
    for (let at: Element | null = element; at; at = at.parentElement) {
      const style = styleOf(at);
      // These hold for all that is inside, on whatever ground.
      if (style.opacity !== "1" || style.filter !== "none" || style.mixBlendMode !== "normal") return undefined;
      if (isGround) continue;
      if (style.backgroundImage !== "none" || style.backdropFilter !== "none" || style.backgroundClip === "text")
        return undefined;
      key.push(style.backgroundColor);
      isGround = /^rgb\(|^#|^(?!rgba)\w+\([^/]*\)$/.test(style.backgroundColor);
      if (hasPaintedPseudo(at)) return undefined;
      // What is moved may have left what it is in; only of the whole page that cannot be.
      if (isMoved && isPaint(style) && !at.contains(document.body) && !holds(at.getBoundingClientRect(), box))
        return undefined;
      isMoved ||= loosened.has(at);
      if (!isGround && loosened.has(at) && !isAlone(at)) return undefined;
    }
    if (!isGround) return undefined;
    const isAmongOthers = loose.some(
      (other) => lieOver(box, other.box) && !other.element.contains(element) && !element.contains(other.element),
    );
    return isAmongOthers ? undefined : key.filter((part) => part !== "rgba(0, 0, 0, 0)").join(";");
  }

  const known = new Set(passed);
  const groups = new Map<string, Element[]>();
  const open = new Set<Element>();
  const textOf = (element: Element) =>
    [...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.nodeValue?.trim() : "")).join("");
  for (const element of all) {
    if (textOf(element) === "" && !element.matches(fields)) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || !element.closest(within ?? "*")) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width <= 1 && height <= 1 && styleOf(element).overflow === "hidden") continue; // only read aloud
    const key = keyOf(element);
    if (key === undefined) open.add(element);
    else if (!known.has(key)) groups.set(key, [...(groups.get(key) ?? []), element]);
  }
  // Of a single character axe may not say anything: one that has more goes first.
  const isLong = (element: Element) => element.matches(fields) || textOf(element).length > 1;
  for (const alike of groups.values()) {
    alike.sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
    for (const element of alike.slice(0, 1)) open.add(element);
  }
  const judge = async (these: Set<Element>) => {
    if (these.size === 0) return { violations: [], passes: [] };
    for (const element of all) if (!these.has(element)) element.setAttribute(mark, "");
    axe.configure({ rules: [{ id: "color-contrast", selector: `*:not([${mark}])` }] });
    try {
      return await axe.run(within ?? document, {
        runOnly: ["color-contrast"],
        elementRef: true,
        resultTypes: ["violations", "passes"],
      });
    } finally {
      for (const element of document.querySelectorAll(`[${mark}]`)) element.removeAttribute(mark);
      axe.configure({ rules: [{ id: "color-contrast", selector: "*" }] });
    }
  };
  const plain = (violations: AxeResults["violations"]) =>
    violations.map((one) => ({ ...one, nodes: one.nodes.map(({ element: _, ...node }) => node) }));
  // What axe takes for hidden passes as well, without a look at its colours.
  const judgedIn = (results: AxeResults["passes"]) =>
    new Set(
      results
        .flatMap(({ nodes }) => nodes)
        .filter(({ any }) => any.some(({ data }) => typeof data?.contrastRatio === "number"))
        .map(({ element }) => element as Element | undefined),
    );
  const first = await judge(open);
  const [passes, faults] = [judgedIn(first.passes), judgedIn(first.violations)];
  const keys = [...groups].filter(([, [one]]) => passes.has(one)).map(([key]) => key);
  const rest = [...groups.values()]
    .flatMap(([one, ...alike]) => (passes.has(one) || faults.has(one) ? [] : alike))
    .filter(isLong);
  const second = await judge(new Set(rest));
  return { violations: plain([...first.violations, ...second.violations]), passed: keys };
}
