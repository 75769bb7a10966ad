/**
 * The parts that every field of a form has.
 *
 * A field is {node, read(), find(steps), faults(), clear()}:
 * `read` is its value, undefined when the body should leave it out; `find` is the place nearest to the JSON pointer's
 * steps, {mark(message), focus()}; `faults` lists what this page can already tell is wrong, as {place, message}.
 */

import { el, freshId, show } from "../dom.js";
import { t } from "../texts.js";
import { hintOf, titleOf } from "./schema.js";

/** A place where a fault can be shown: a paragraph, and the controls it is about. */
export function placeFor(controls, hintId = null) {
  const id = freshId("fault");
  const node = el("p", { id, class: "fault", hidden: true });
  const mark = (message) => {
    node.hidden = message === null;
    show(node, message ?? "");
    for (const control of controls()) describe(control, message === null ? [hintId] : [hintId, id], message !== null);
  };
  return { node, mark, focus: () => controls()[0]?.focus() };
}

function describe(control, ids, wrong) {
  const known = ids.filter((id) => id !== null);
  if (known.length) control.setAttribute("aria-describedby", known.join(" "));
  else control.removeAttribute("aria-describedby");
  if (wrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** A labelled control with its hint and its fault. `read` gives the value, `check` a message or null. */
export function single(
  spec,
  control,
  { read, check = () => null, wide = false, hint = hintOf(spec), title = titleOf(spec) },
) {
  control.id = freshId("field");
  const hintNode = hint ? el("p", { id: freshId("hint"), class: "hint" }, hint) : null;
  const place = placeFor(() => [control], hintNode?.id ?? null);
  place.mark(null);
  const label = el("label", { for: control.id }, title, mustHave(spec));
  const node = el("div", { class: wide ? "field wide" : "field" }, label, control, hintNode, place.node);
  return {
    node,
    read,
    find: () => place,
    faults: () => faultOf(place, check()),
    clear: () => place.mark(null),
  };
}

/** The list of a single fault, or of none. */
export function faultOf(place, message) {
  return message ? [{ place, message }] : [];
}

/** The words beside a field that may be left empty. */
export function mustHave(spec) {
  return spec.nullable ? el("span", { class: "optional" }, t("form.optional")) : null;
}

/** A group of fields with its title, hint and its own fault: what a rule over several fields says. */
export function group(
  spec,
  { title = titleOf(spec), hint = hintOf(spec), legend = null, className = "group" },
  ...kids
) {
  const hintNode = hint ? el("p", { id: freshId("hint"), class: "hint" }, hint) : null;
  const body = el("fieldset", { class: className });
  const place = placeFor(() => [body], hintNode?.id ?? null);
  place.focus = () => (body.querySelector("input, select, textarea, button") ?? body).focus();
  show(body, el("legend", {}, legend ?? title), hintNode, place.node, ...kids);
  place.mark(null);
  return { node: body, place };
}
