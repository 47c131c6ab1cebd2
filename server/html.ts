import { LRUCache } from "lru-cache";
import sanitize from "sanitize-html";

const text = [
  "a",
  "abbr",
  "b",
  "br",
  "code",
  "del",
  "em",
  "hr",
  "i",
  "ins",
  "kbd",
  "mark",
  "p",
  "pre",
  "q",
  "s",
  "small",
  "span",
  "strong",
  "sub",
  "sup",
  "u",
];
const blocks = [
  "blockquote",
  "div",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "img",
  "li",
  "ol",
  "ul",
  "dl",
  "dt",
  "dd",
  "figure",
  "figcaption",
  "center",
  "section",
];
const tables = ["table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"];

const colour = [/^#[0-9a-f]{3,8}$/i, /^[a-z]{3,25}$/i, /^rgba?\([\d.,%\s/]{3,40}\)$/i];
const length = [/^-?\d{1,4}(\.\d{1,3})?(px|em|rem|%|pt)?$/];
const lengths = [
  /^(-?\d{1,4}(\.\d{1,3})?(px|em|rem|%|pt)?|auto)(\s+(-?\d{1,4}(\.\d{1,3})?(px|em|rem|%|pt)?|auto)){0,3}$/,
];
const word = [/^[a-z-]{2,20}$/i];
const border = [/^[\w#\s.%-]{1,60}$/];

/** What a caller's HTML may hold: text, lists, tables, links, pictures, and looks that stay within it. */
const allowed: sanitize.IOptions = {
  allowedTags: [...text, ...blocks, ...tables],
  allowedAttributes: {
    "*": ["style", "align", "dir", "lang", "title"],
    a: ["href", "name", "target", "rel"],
    img: ["src", "alt", "width", "height"],
    table: ["width", "cellpadding", "cellspacing", "border", "bgcolor"],
    td: ["width", "height", "colspan", "rowspan", "valign", "bgcolor"],
    th: ["width", "height", "colspan", "rowspan", "valign", "bgcolor", "scope"],
    ol: ["start", "type"],
    col: ["span", "width"],
  },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  allowedSchemesByTag: { img: ["http", "https", "cid"] },
  // `//host/path` would take whatever scheme the page around it has.
  allowProtocolRelative: false,
  allowedStyles: {
    "*": {
      color: colour,
      "background-color": colour,
      "text-align": word,
      "text-decoration": word,
      "font-weight": [/^(\d{3}|[a-z]{4,7})$/],
      "font-style": word,
      "font-size": length,
      "font-family": [/^[\w\s,'"-]{1,120}$/],
      "line-height": length,
      "vertical-align": word,
      "white-space": word,
      width: length,
      "max-width": length,
      height: length,
      margin: lengths,
      "margin-top": length,
      "margin-bottom": length,
      padding: lengths,
      "border-radius": lengths,
      border,
      "border-top": border,
      "border-bottom": border,
      "border-collapse": word,
    },
  },
  transformTags: { a: openApart },
  nestingLimit: 50,
};

/**
 * A caller's HTML without anything that runs, loads in secret, posts or covers the page: no script, no event handler, no form, no frame,
 * no style sheet. It is put through this on the way in, and once more wherever it is shown.
 */
export function sanitizeHtml(html: string): string {
  return sanitize(html, allowed);
}

/** The last texts and what they became: a send to many is one text, and a page of an inbox has few. */
const again = new LRUCache<string, string>({ max: 16 });

/**
 * The same for what is stored and about to be shown: a row that was written past the API, or by a laxer release of ours, runs nothing
 * either. The last texts are remembered, so that the ten thousand events of one send cost one look.
 */
export function sanitizeStored(html: string): string {
  const known = again.get(html);
  if (known !== undefined) return known;
  const clean = sanitizeHtml(html);
  again.set(html, clean);
  return clean;
}

/** Links open beside what shows them, and tell the other side nothing. */
function openApart(tagName: string, attributes: sanitize.Attributes): sanitize.Tag {
  if (attributes.href === undefined) return { tagName, attribs: attributes };
  return { tagName, attribs: { ...attributes, target: "_blank", rel: "noopener noreferrer nofollow" } };
}
