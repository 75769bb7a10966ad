/**
 * A tree of plain objects and the least change that makes the page look like it.
 *
 * Nodes that stay are kept, so focus, scroll position, running animations and an open dialog survive an update.
 * Nothing here parses markup: texts become text nodes, which is what makes the widgets safe under trusted types.
 */

const SVG = "http://www.w3.org/2000/svg";
const MEMORY = Symbol("what patch() set on a node");

/** One wanted element. `key` tells siblings apart; `onclick` and the like are listeners; the rest are attributes. */
export function h(tag, props, ...kids) {
  const wanted = kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false && kid !== "");
  return { tag, props: props ?? {}, kids: wanted };
}

/** Make the children of `parent` be `kids` (objects of h(), strings, numbers). */
export function patch(parent, kids) {
  const spare = [...parent.childNodes];
  const nodes = kids.map((kid) => reuse(spare, kid) ?? create(kid, parent));
  // Leftovers go first: moving a node around a leftover would take the focus from it.
  for (const node of spare) node.remove();
  nodes.forEach((node, place) => {
    if (parent.childNodes[place] !== node) parent.insertBefore(node, parent.childNodes[place] ?? null);
    fill(node, kids[place]);
  });
}

function reuse(spare, kid) {
  const place = spare.findIndex((node) => fits(node, kid));
  return place < 0 ? null : spare.splice(place, 1)[0];
}

function fits(node, kid) {
  if (typeof kid !== "object") return node.nodeType === Node.TEXT_NODE;
  return node.localName === kid.tag && node[MEMORY]?.key === kid.props.key;
}

function create(kid, parent) {
  if (typeof kid !== "object") return document.createTextNode("");
  const drawing = kid.tag === "svg" || parent.namespaceURI === SVG;
  const node = drawing ? document.createElementNS(SVG, kid.tag) : document.createElement(kid.tag);
  node[MEMORY] = { key: kid.props.key, names: new Set(), handlers: new Map() };
  return node;
}

function fill(node, kid) {
  if (typeof kid !== "object") {
    if (node.data !== String(kid)) node.data = String(kid);
    return;
  }
  setAttributes(node, kid.props);
  setListeners(node, kid.props);
  patch(node, kid.kids);
}

function setAttributes(node, props) {
  const { names } = node[MEMORY];
  const wanted = Object.entries(props).filter(([name, value]) => isAttribute(name) && value !== false && value != null);
  for (const [name, value] of wanted) {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
  // Only what an earlier patch() set is taken away: <dialog> and <details> keep their own `open`.
  const kept = new Set(wanted.map(([name]) => name));
  for (const name of names) if (!kept.has(name)) node.removeAttribute(name);
  node[MEMORY].names = kept;
}

function isAttribute(name) {
  return name !== "key" && !name.startsWith("on");
}

function setListeners(node, props) {
  const { handlers } = node[MEMORY];
  for (const type of handlers.keys()) handlers.set(type, props[`on${type}`]);
  for (const name of Object.keys(props)) {
    const type = name.slice(2);
    if (!name.startsWith("on") || handlers.has(type)) continue;
    handlers.set(type, props[name]);
    node.addEventListener(type, (event) => handlers.get(type)?.(event));
  }
}
