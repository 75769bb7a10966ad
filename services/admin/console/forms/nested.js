/** Fields made of fields: objects, parts that can be switched on, lists, and forms to choose among. */

import { el, freshId, icon, show } from "../dom.js";
import { announce } from "../ui.js";
import { language, t } from "../texts.js";
import { faultOf, group } from "./field.js";
import {
  hintOf,
  itemOf,
  itemTitleOf,
  optionOf,
  propertiesOf,
  startOf,
  titleOf,
  variantFor,
  variantsOf,
} from "./schema.js";
import { moneyField } from "./money.js";
import * as simple from "./simple.js";

const SIMPLE = {
  text: simple.textField,
  integer: simple.numberField,
  number: simple.numberField,
  money: moneyField,
  choice: simple.choiceField,
  boolean: simple.booleanField,
  moment: simple.timeField,
  date: simple.timeField,
  time: simple.timeField,
  localized: simple.localizedField,
  fixed: simple.fixedField,
  checks: (spec, value) => simple.checksField(spec, value, itemOf(spec)),
  unknown: untouchedField,
};
const NESTED = { object: objectField, list: listField, variant: variantField };
const CROSS = ["M6 6l12 12", "M18 6 6 18"];
const PLUS = ["M12 5v14", "M5 12h14"];

/** The field for `spec`, holding `value`. `bare`: without a frame of its own. */
export function fieldFor(spec, value, { bare = false } = {}) {
  if (!(spec.kind in NESTED)) return SIMPLE[spec.kind](spec, value);
  return spec.nullable && !bare ? optionalField(spec, value) : NESTED[spec.kind](spec, value, bare);
}

/** The fields of an object, without a frame: the body of a form, a group, or a list's item. */
function fieldsOf(spec, value) {
  // Null is a value: only what is not there at all starts from the default.
  const valueOf = (inner) => (value?.[inner.name] === undefined ? startOf(inner) : value[inner.name]);
  const named = propertiesOf(spec).map((inner) => [inner.name, fieldFor(inner, valueOf(inner))]);
  const fields = named.map(([, field]) => field);
  return {
    node: el(
      "div",
      { class: "fields" },
      fields.map((field) => field.node),
    ),
    read: () =>
      Object.fromEntries(named.map(([name, field]) => [name, field.read()]).filter(([, read]) => read !== undefined)),
    find: ([step, ...rest]) => named.find(([name]) => name === step)?.[1].find(rest),
    faults: () => fields.flatMap((field) => field.faults()),
    clear: () => fields.forEach((field) => field.clear()),
  };
}

function objectField(spec, value, bare) {
  const inner = fieldsOf(spec, value);
  if (bare) return inner;
  const { node, place } = group(spec, {}, inner.node);
  return framed(node, place, inner);
}

function framed(node, place, inner) {
  return {
    ...inner,
    node,
    find: (steps) => (steps.length ? inner.find(steps) : undefined) ?? place,
    clear: () => {
      place.mark(null);
      inner.clear();
    },
  };
}

/** A part that may be absent: a box switches it on. What was typed is kept while it is off. */
function optionalField(spec, value) {
  const body = el("div", { class: "body" });
  const box = el("input", { type: "checkbox", checked: value !== null && value !== undefined });
  let inner = null;
  const follow = () => {
    if (box.checked && inner === null) {
      inner = fieldFor(spec, value ?? undefined, { bare: true });
      show(body, inner.node);
    }
    body.hidden = !box.checked;
  };
  box.addEventListener("change", follow);
  const legend = el("label", { class: "check" }, box, titleOf(spec));
  const { node, place } = group(spec, { legend }, body);
  follow();
  return {
    node,
    read: () => (box.checked ? inner.read() : null),
    find: (steps) => (box.checked && steps.length ? inner.find(steps) : undefined) ?? place,
    faults: () => (box.checked ? inner.faults() : []),
    clear: () => {
      place.mark(null);
      inner?.clear();
    },
  };
}

/** A list whose rows can be added and taken away. */
function listField(spec, value) {
  const item = itemOf(spec);
  const one = itemTitleOf(spec);
  const least = spec.minItems ?? 0;
  const most = spec.maxItems ?? Infinity;
  const rows = [];
  const list = el("ol", { class: "rows" });
  const add = el("button", { type: "button", class: "quiet", onclick: () => append(startOf(item), true) });
  show(add, icon(...PLUS), t("form.add", { item: one.toLocaleLowerCase(language()) }));
  const { node, place } = group(spec, {}, list, add);

  const follow = () => {
    rows.forEach((row, number) => row.name(`${one} ${number + 1}`, rows.length > least));
    add.hidden = rows.length >= most;
  };
  const append = (initial, byHand) => {
    const row = listRow(item, initial, () => takeAway(row));
    rows.push(row);
    list.append(row.node);
    follow();
    if (byHand) row.field.find([])?.focus?.() ?? row.node.querySelector("input, select, textarea")?.focus();
  };
  const takeAway = (row) => {
    const number = rows.indexOf(row);
    rows.splice(number, 1);
    row.node.remove();
    follow();
    (rows[Math.min(number, rows.length - 1)]?.node.querySelector("input, select, textarea") ?? add).focus();
    announce(t("form.removed", { item: `${one} ${number + 1}` }));
  };
  for (const initial of value ?? []) append(initial, false);
  follow();
  return {
    node,
    read: () => rows.map((row) => row.field.read() ?? null),
    find: ([step, ...rest]) => rows[Number(step)]?.field.find(rest) ?? rows[Number(step)]?.place ?? place,
    faults: () => [
      ...faultOf(place, rows.length < least ? t("check.few", { count: least }) : null),
      ...rows.flatMap((row) => row.field.faults()),
    ],
    clear: () => {
      place.mark(null);
      for (const row of rows) [row.field.clear(), row.place.mark(null)];
    },
  };
}

function listRow(item, value, onremove) {
  const title = el("span", {});
  const field = fieldFor({ ...item, nullable: false }, value, { bare: true });
  const remove = el(
    "button",
    { type: "button", class: "quiet remove", onclick: onremove },
    icon(...CROSS),
    el("span", {}),
  );
  const { node, place } = group(item, { legend: title, hint: "", className: "row" }, remove, field.node);
  const name = (text, mayGo) => {
    show(title, text);
    show(remove.lastElementChild, t("form.remove", { item: text }));
    remove.hidden = !mayGo;
  };
  return { node: el("li", {}, node), field, place, name };
}

/** Which form it is, and that form. The choice is for good once there is a value. */
function variantField(spec, value, bare) {
  const variants = variantsOf(spec);
  const body = el("div", { class: "body" });
  let inner = null;
  let chosen = null;
  const draw = (variant, initial) => {
    chosen = variant;
    inner = fieldFor(shapeOf(variant), initial, { bare: true });
    show(body, inner.node);
  };
  const start = value?.[spec.by];
  const isOpen = start === undefined && variants.length > 1;
  // Where it can be picked, it need not be told as well.
  const shapeOf = (variant) => {
    const shape = variantFor(spec, { [spec.by]: variant });
    return isOpen ? without(shape, spec.by) : shape;
  };
  draw(start ?? variants[0].value, value);
  const picker = isOpen && variantPicker(spec, variants, (variant) => draw(variant, inner.read()));
  const content = el("div", { class: "fields" }, picker, body);
  const framing = bare ? null : group(spec, {}, content);
  return {
    node: framing?.node ?? content,
    read: () => ({ ...inner.read(), [spec.by]: chosen }),
    // The server may name the chosen form as a step of its own.
    find: (steps) => inner.find(steps[0] === chosen ? steps.slice(1) : steps) ?? framing?.place,
    faults: () => inner.faults(),
    clear: () => [framing?.place.mark(null), inner.clear()],
  };
}

/** The spec of an object without one of its properties. */
export function without(spec, name) {
  const { [name]: _, ...properties } = spec.properties;
  return { ...spec, properties, required: (spec.required ?? []).filter((each) => each !== name) };
}

function variantPicker(spec, variants, onpick) {
  const id = freshId("field");
  const by = (variant) => propertiesOf(variant.spec).find(({ name }) => name === spec.by);
  const options = variants.map((variant) =>
    el("option", { value: variant.value }, optionOf(by(variant), variant.value)),
  );
  const control = el("select", { id, onchange: () => onpick(control.value) }, options);
  return el("div", { class: "field" }, el("label", { for: id }, titleOf(by(variants[0]))), control);
}

/** Something this console cannot draw. It stays as it is. */
function untouchedField(spec, value) {
  const words = el("p", { class: "hint" }, t("form.untouched"));
  const { node, place } = group(spec, { hint: hintOf(spec) }, words);
  return { node, read: () => value, find: () => place, faults: () => [], clear: () => place.mark(null) };
}
