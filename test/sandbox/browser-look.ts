import type { Page } from "playwright-core";

// What runs in a page is text here: the types of a browser's globals are not among those of Node.

/** What reaches over the right side of the window: it could only be read by scrolling. */
export function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const over = [...document.querySelectorAll("main *")].filter(
    (element) => element.getBoundingClientRect().right > clientWidth + 1 && element.closest(".unseen, thead") === null,
  );
  const wide = scrollWidth > clientWidth ? ["the page is " + scrollWidth + " wide"] : [];
  return [...wide, ...over.map((element) => element.tagName + " " + element.textContent.trim().slice(0, 30))];
})()`);
}

/**
 * The texts whose contrast with what is behind them is below 4.5 to 1. Of elements in the same place of the tree only
 * one is looked at.
 * @see https://www.w3.org/TR/WCAG22/#contrast-minimum
 */
export function faintTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const color = parse(getComputedStyle(each).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const kindOf = (element) =>
    element === null ? "" : kindOf(element.parentElement) + " " + element.tagName + "." + element.className;
  const seen = new Set();
  return [...document.querySelectorAll("body *")].flatMap((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    const kind = kindOf(element);
    if (!own || seen.has(kind) || element.closest("script, style, option, .skip, .unseen") !== null) return [];
    seen.add(kind);
    const sides = [luminance(parse(getComputedStyle(element).color).slice(0, 3)), luminance(behind(element))];
    const contrast = (Math.max(...sides) + 0.05) / (Math.min(...sides) + 0.05);
    if (contrast >= 4.5) return [];
    return [element.tagName + " " + element.textContent.trim().slice(0, 30) + " " + contrast.toFixed(2)];
  });
})()`);
}
