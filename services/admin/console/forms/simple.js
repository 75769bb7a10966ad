/** Fields of one control: texts, numbers, choices, yes or no, times; and a text in each language. */

import { el, freshId } from "../dom.js";
import { number, shopZone } from "../format.js";
import { LANGUAGES, NAMES, t } from "../texts.js";
import { faultOf, group, placeFor, single } from "./field.js";
import { hintOf, optionOf, titleOf } from "./schema.js";
import { clockAt, momentOf } from "./zoned.js";

const LONG_TEXT = 120;

/** An empty control stands for: null where that is allowed, else nothing at all. */
function empty(spec) {
  return spec.nullable ? null : undefined;
}

/** What is missing from an empty control, if anything: a field with a default may be left out. */
function missing(spec) {
  return spec.nullable || spec.optional ? null : t("check.missing");
}

export function textField(spec, value) {
  const long = (spec.maxLength ?? 0) > LONG_TEXT && spec.format !== "uri";
  const control = el(long ? "textarea" : "input", {
    value: value ?? "",
    rows: long ? 4 : null,
    type: long ? null : spec.format === "uri" ? "url" : "text",
    maxlength: spec.maxLength,
    autocomplete: "off",
    spellcheck: spec.pattern ? "false" : null,
    autocapitalize: spec.pattern ? "none" : null,
  });
  const field = single(spec, control, {
    wide: long,
    read: () => (control.value === "" && (spec.nullable || spec.optional) ? empty(spec) : control.value),
    check: () => (control.value === "" ? missing(spec) : checkText(spec, control.value)),
  });
  if (isZone(spec)) suggest(field.node, control, Intl.supportedValuesOf("timeZone"));
  return field;
}

/** A time zone's name: nobody knows them by heart. */
function isZone(spec) {
  return spec.format === "time-zone" || spec.name === "timezone";
}

function suggest(node, control, values) {
  const list = el(
    "datalist",
    { id: freshId("list") },
    values.map((value) => el("option", { value })),
  );
  control.setAttribute("list", list.id);
  node.append(list);
}

function checkText(spec, text) {
  if (text.length < (spec.minLength ?? 0)) return t("check.short", { count: spec.minLength });
  if (text.length > (spec.maxLength ?? Infinity)) return t("check.long", { count: spec.maxLength });
  if (spec.pattern && !new RegExp(spec.pattern, "u").test(text)) return t("check.pattern");
  return null;
}

export function numberField(spec, value) {
  const whole = spec.kind === "integer";
  // Not type=number: it hides what cannot be read as a number, and a wheel changes it by accident.
  const mode = whole && (spec.minimum ?? 0) >= 0 ? "numeric" : "text";
  const control = el("input", {
    value: value ?? "",
    type: "text",
    inputmode: mode,
    autocomplete: "off",
    class: "number",
  });
  const read = () => {
    const text = control.value.trim();
    if (text === "") return empty(spec);
    return (whole ? /^[-+]?\d+$/ : /^[-+]?\d+(\.\d+)?$/).test(text) ? Number(text) : text;
  };
  const check = () => (control.value.trim() === "" ? missing(spec) : checkNumber(spec, read(), whole));
  return single(spec, control, { read, check, hint: together(hintOf(spec), rangeOf(spec)) });
}

function checkNumber(spec, value, whole) {
  if (typeof value !== "number") return t(whole ? "check.integer" : "check.number");
  if (value < (spec.minimum ?? -Infinity)) return t("check.least", { least: spec.minimum });
  return value > (spec.maximum ?? Infinity) ? t("check.most", { most: spec.maximum }) : null;
}

/** Two sentences, of which either may be missing. */
function together(one, other) {
  return one && other ? t("text.joined", { one, other }) : one || other;
}

function rangeOf({ minimum, maximum }) {
  if (minimum === undefined || maximum === undefined) return "";
  return t("form.range", { least: number(minimum), most: number(maximum) });
}

export function choiceField(spec, value) {
  const offered = spec.enum.filter((option) => option !== null);
  const blank = spec.nullable || value === undefined;
  const options = offered.map((option, place) => el("option", { value: String(place) }, optionOf(spec, option)));
  const control = el("select", {}, blank && el("option", { value: "" }, t("form.choose")), options);
  control.value = offered.includes(value) ? String(offered.indexOf(value)) : blank ? "" : "0";
  return single(spec, control, {
    read: () => (control.value === "" ? empty(spec) : offered[Number(control.value)]),
    check: () => (control.value === "" ? missing(spec) : null),
  });
}

export function booleanField(spec, value) {
  if (spec.nullable) return choiceField({ ...spec, enum: [true, false] }, value);
  const control = el("input", { type: "checkbox", checked: value === true });
  const field = single(spec, control, { read: () => control.checked });
  field.node.classList.add("switch");
  return field;
}

const CONTROLS = { moment: "datetime-local", date: "date", time: "time" };

/** A moment is written on the shop's clock; dates and times of day belong to no zone. */
export function timeField(spec, value) {
  const zone = shopZone();
  const isMoment = spec.kind === "moment";
  const shown = value && isMoment ? clockAt(value, zone) : (value ?? "");
  const control = el("input", { type: CONTROLS[spec.kind], value: shown });
  const read = () => {
    if (control.value === "") return empty(spec);
    if (control.value === shown) return value; // to the second, as it came
    return isMoment ? momentOf(control.value, zone) : control.value;
  };
  const check = () => (control.validity.badInput ? t("check.time") : control.value === "" ? missing(spec) : null);
  return single(spec, control, { read, check, hint: together(hintOf(spec), isMoment ? t("form.zone", { zone }) : "") });
}

/** One of several: a box each. */
export function checksField(spec, value, itemSpec) {
  const chosen = new Set(value ?? []);
  const boxes = itemSpec.enum.map((option) => ({
    option,
    box: el("input", { type: "checkbox", checked: chosen.has(option) }),
  }));
  const labels = boxes.map(({ option, box }) => el("label", { class: "check" }, box, optionOf(spec, option)));
  const { node, place } = group(spec, {}, el("div", { class: "checks" }, labels));
  const read = () => boxes.filter(({ box }) => box.checked).map(({ option }) => option);
  return { node, read, find: () => place, faults: () => [], clear: () => place.mark(null) };
}

/** A text of the shop's own, in each language. What was empty and stays so is sent as it came. */
export function localizedField(spec, value) {
  const inner = { ...spec.additionalProperties };
  const long = (inner.maxLength ?? 0) > LONG_TEXT;
  const original = value ?? {};
  const inputs = LANGUAGES.map((language) => languageInput(language, original[language] ?? "", inner, long));
  const { node, place } = group(
    spec,
    { className: "group localized" },
    el(
      "div",
      { class: "pair" },
      inputs.map((each) => each.node),
    ),
  );
  const read = () => {
    const kept = inputs.filter(({ language, text }) => text() !== "" || original[language] === "");
    if (kept.length === 0 && !(inner.minLength > 0)) return spec.default ?? {};
    return Object.fromEntries(kept.map(({ language, text }) => [language, text()]));
  };
  const none = () =>
    inputs.every(({ text }) => text() === "") && inner.minLength > 0 ? missing(spec) && t("check.language") : null;
  return {
    node,
    read,
    find: ([language]) => inputs.find((each) => each.language === language)?.place ?? place,
    faults: () => [
      ...faultOf(inputs[0].place, none()),
      ...inputs.flatMap(({ place: own, text }) => (text() === "" ? [] : faultOf(own, checkText(inner, text())))),
    ],
    clear: () => [place, ...inputs.map((each) => each.place)].forEach((each) => each.mark(null)),
  };
}

function languageInput(language, value, inner, long) {
  const props = { id: freshId("field"), value, lang: language, maxlength: inner.maxLength, autocomplete: "off" };
  const control = long
    ? el("textarea", { ...props, rows: inner.maxLength > 1000 ? 6 : 3 })
    : el("input", { ...props, type: "text" });
  const place = placeFor(() => [control]);
  place.mark(null);
  const label = el("label", { for: control.id, lang: language }, NAMES[language]);
  return {
    language,
    place,
    node: el("div", { class: "field" }, label, control, place.node),
    text: () => control.value,
  };
}

/** What cannot be changed. */
export function fixedField(spec) {
  const told = optionOf(spec, spec.const);
  const node = el("div", { class: "field fixed" }, el("span", { class: "label" }, titleOf(spec)), el("span", {}, told));
  const place = { mark() {}, focus() {} };
  return { node, read: () => spec.const, find: () => place, faults: () => [], clear() {} };
}
