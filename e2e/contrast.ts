import type AxeBuilder from "@axe-core/playwright";

type AxeResults = Awaited<ReturnType<AxeBuilder["analyze"]>>;
type RunOptions = Parameters<AxeBuilder["options"]>[0];

declare const axe: {
  run(context: string | Document, options: RunOptions): Promise<AxeResults>;
  configure(spec: { rules: { id: string; selector: string }[] }): void;
};

/**
 * Runs in the page: what axe says of its colours, where of texts alike in all that contrast depends on one is judged for all. A
 * text is alike only where nothing but plain colours can lie behind it, up to the first opaque one; and where axe did not judge
 * the one (it is disabled, covered, a single letter), all that are like it are judged.
 */
export async function judgeContrast(within: string | undefined): Promise<{ violations: AxeResults["violations"] }> {
  const mark = "data-alike";
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
  const all = [...document.body.querySelectorAll("*")];
  const loose = all
    .filter((element) => isLoose(element) || (styleOf(element).position !== "static" && hasPaintedPseudo(element)))
    .map((element) => ({ element, box: element.getBoundingClientRect() }));
  const loosened = new Set(loose.map(({ element }) => element));
  const lieOver = (a: DOMRect, b: DOMRect) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  /** All that the contrast of a text depends on; none where that cannot be told from its ancestors. */
  function keyOf(element: Element): string | undefined {
    const { color, webkitTextFillColor, fontSize, fontWeight, textShadow } = styleOf(element);
    if (textShadow !== "none") return undefined;
    const key = [color, webkitTextFillColor, fontSize, fontWeight];
    let isGround = false;
    for (let at: Element | null = element; at; at = at.parentElement) {
      const style = styleOf(at);
      // These hold for all that is inside, on whatever ground.
      if (style.opacity !== "1" || style.filter !== "none" || style.mixBlendMode !== "normal") return undefined;
      if (isGround) continue;
      if (style.backgroundImage !== "none" || style.backdropFilter !== "none" || style.backgroundClip === "text")
        return undefined;
      key.push(style.backgroundColor);
      isGround = /^rgb\(|^#|^(?!rgba)\w+\([^/]*\)$/.test(style.backgroundColor);
      if (hasPaintedPseudo(at) || (!isGround && loosened.has(at))) return undefined;
    }
    const box = element.getBoundingClientRect();
    const isAmongOthers = loose.some(
      (other) => lieOver(box, other.box) && !other.element.contains(element) && !element.contains(other.element),
    );
    return isAmongOthers ? undefined : key.filter((part) => part !== "rgba(0, 0, 0, 0)").join(";");
  }

  const groups = new Map<string, Element[]>();
  for (const element of all) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim());
    const key = hasText && element.checkVisibility({ visibilityProperty: true }) ? keyOf(element) : undefined;
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), element]);
  }
  const judge = async () => {
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
  for (const [, ...alike] of groups.values()) for (const element of alike) element.setAttribute(mark, "");
  const first = await judge();
  const judged = new Set(
    [...first.violations, ...first.passes].flatMap(({ nodes }) => nodes.map(({ element }) => element)),
  );
  const rest = [...groups.values()].flatMap(([one, ...alike]) => (one && judged.has(one as HTMLElement) ? [] : alike));
  const plain = (violations: AxeResults["violations"]) =>
    violations.map((one) => ({ ...one, nodes: one.nodes.map(({ element: _, ...node }) => node) }));
  if (rest.length === 0) return { violations: plain(first.violations) };
  const open = new Set(rest);
  for (const element of all) if (!open.has(element)) element.setAttribute(mark, "");
  const second = await judge();
  return { violations: plain([...first.violations, ...second.violations]) };
}
