/** What differs between two values, in the words of the forms; and how two people's changes go together. */

import { moment, money, number, shopZone } from "../format.js";
import { LANGUAGES, NAMES, has, t } from "../texts.js";
import { itemOf, itemTitleOf, optionOf, propertiesOf, specOf, titleOf, variantFor } from "./schema.js";

const A_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/;

/** The changes from `before` to `after` as [{labels, before, after}]: the path in words, and both values in words. */
export function differences(spec, before, after, labels = []) {
  if (same(before, after)) return [];
  if (isObject(before) || isObject(after)) return ofObjects(spec, before, after, labels);
  if (spec.kind !== "checks" && (isNested(before) || isNested(after))) return ofLists(spec, before, after, labels);
  return [{ labels, before: inWords(spec, before), after: inWords(spec, after) }];
}

/** A value in words, field by field: [{labels, after}]. */
export function described(spec, value) {
  return differences(spec, undefined, value);
}

/** `mine` with those changes of `theirs` that I did not make myself; lists are taken as a whole. */
export function combined(base, mine, theirs) {
  if (same(mine, base)) return theirs;
  if (!isObject(mine) || !isObject(theirs) || !isObject(base)) return mine;
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const parts = [...names].map((name) => [name, combined(base[name], mine[name], theirs[name])]);
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}

/** Whether two JSON values say the same; an absent one says what null says. */
export function same(one, other) {
  if (isObject(one) && isObject(other)) {
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => same(one[name], other[name]));
  }
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, place) => same(item, other[place]));
  return (one ?? null) === (other ?? null);
}

function ofObjects(spec, before, after, labels) {
  const gone = !isObject(after) && isObject(before) && labels.length > 0 && spec.nullable;
  if (gone) return [{ labels, before: t("value.on"), after: inWords(spec, null) }];
  return fieldsAmong(spec, before, after).flatMap(({ inner, name, title }) =>
    differences(inner, at(before, name), at(after, name), title === null ? labels : [...labels, title]),
  );
}

/** The fields to compare: those the document knows, then those that only the values know. */
function fieldsAmong(spec, before, after) {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  if (spec.kind === "localized") return inLanguages(names);
  const shape = spec.kind === "variant" ? variantFor(spec, after ?? before) : spec;
  const known = shape.kind === "object" ? propertiesOf(shape).filter(({ name }) => names.has(name)) : [];
  for (const { name } of known) names.delete(name);
  const others = [...names].map((name) => specOf({}, ownerOf(name), name));
  return [...known, ...others].map((inner) => ({ inner, name: inner.name, title: titleOf(inner) }));
}

function inLanguages(names) {
  const known = [
    ...LANGUAGES.filter((name) => names.has(name)),
    ...[...names].filter((name) => !LANGUAGES.includes(name)),
  ];
  return known.map((name) => ({ inner: { kind: "text" }, name, title: NAMES[name] ?? name }));
}

/** A schema whose field of this name has a title: what the document does not tell may still have its words. */
function ownerOf(name) {
  return (
    ["Known", "VersionOut", "ShopSettings", "NewOperatorIn"].find((owner) => has(`field.${owner}.${name}`)) ?? ""
  );
}

function ofLists(spec, before, after, labels) {
  const item = spec.kind === "list" ? itemOf(spec) : { kind: "unknown" };
  const title = spec.kind === "list" ? itemTitleOf(spec) : "";
  const places = Array.from({ length: Math.max(before?.length ?? 0, after?.length ?? 0) }, (_, place) => place);
  return places.flatMap((place) =>
    differences(item, before?.[place], after?.[place], [
      ...labels.slice(0, title ? -1 : undefined),
      `${title} ${place + 1}`.trim(),
    ]),
  );
}

function inWords(spec, value) {
  if (value === null || value === undefined || value === "" || value.length === 0) return t("value.none");
  if (Array.isArray(value))
    return value
      .map((item) => inWords({ ...spec, kind: spec.kind === "checks" ? "choice" : "unknown" }, item))
      .join(t("value.comma"));
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (spec.kind === "choice" || spec.kind === "fixed") return optionOf(spec, value);
  if (spec.kind === "moment") return `${moment(value)} (${shopZone()})`;
  if (typeof value === "number") return spec.kind === "money" ? money(value) : number(value);
  return A_MOMENT.test(value) ? moment(value) : String(value);
}

function at(value, name) {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNested(value) {
  return Array.isArray(value) && value.some((item) => typeof item === "object" && item !== null);
}
