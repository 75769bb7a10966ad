/** Elements from plain calls. Nothing here parses markup: texts become text nodes. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. In `props` functions named on… are listeners, `value` and `checked` are properties, the rest are
 * attributes; null, undefined and false leave one out. `kids` are nodes, texts, or lists of them.
 */
export function el(tag, props, ...kids) {
  return filled(document.createElement(tag), props, kids);
}

/** Make the children of `parent` be `kids`. */
export function show(parent, ...kids) {
  parent.replaceChildren(...present(kids));
}

/** A drawing of lines in the text's colour, hidden from screen readers: the words beside it say it. */
export function icon(...paths) {
  const lines = paths.map((d) => filled(document.createElementNS(SVG, "path"), { d }, []));
  const box = { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" };
  return filled(document.createElementNS(SVG, "svg"), box, lines);
}

/** Whatever is there: nested lists flattened, nothings left out. */
export function present(kids) {
  return kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false && kid !== "");
}

let count = 0;

/** An id that no other element has. */
export function freshId(name) {
  count += 1;
  return `${name}-${count}`;
}

function filled(node, props, kids) {
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  node.append(...present(kids));
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked") node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}
