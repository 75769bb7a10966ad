/**
 * What the API document says about a value, made plain enough to draw: a *spec*.
 *
 * {kind, owner, name, …}: `kind` is how it is drawn; `owner` is the schema whose property `name` it is, which together
 * name its texts (field.Reward.first). `nullable` and `optional` say what may be left out. Nothing here knows what an
 * activity is: a new kind or field comes with the document.
 */

import { within } from "../failure.js";
import { has, placeOf, t } from "../texts.js";

/** The owner of what many schemas say alike: a reward's title is called the same in all its kinds. */
const ANY = "Any";
const DOCUMENT = "/openapi.json";
const REF = "#/components/schemas/";

let loading = null;
let components = {};
let paths = {};

/** Fetch the API document, once. */
export function loadDocument() {
  loading ??= within(async (signal) => {
    const answer = await fetch(DOCUMENT, { signal, credentials: "omit" });
    ({
      components: { schemas: components },
      paths,
    } = await answer.json());
  }).catch((failure) => {
    loading = null; // so that a retry asks again
    throw failure;
  });
  return loading;
}

/** The spec of an operation's body. */
export function bodyOf(method, path) {
  return specOf(paths[path][method].requestBody.content["application/json"].schema);
}

/** The spec of a schema by its name in the document; null when there is none. */
export function named(name) {
  return name in components ? specOf({ $ref: REF + name }) : null;
}

/** The spec of `schema`, as the property `name` of the schema `owner`. */
export function specOf(schema, owner = "", name = "") {
  const found = resolved(schema);
  return { ...found, owner, name, kind: kindOf(found, name), key: `${owner}.${name}` };
}

/** The properties of an object's spec, in the order of the catalogue. */
export function propertiesOf(spec) {
  const required = new Set(spec.required ?? []);
  const found = Object.entries(spec.properties ?? {}).map(([name, schema]) => ({
    ...specOf(schema, spec.schemaName ?? spec.key, name),
    optional: !required.has(name),
  }));
  return found.sort((one, other) => placeOf(wordsFor("field", one)) - placeOf(wordsFor("field", other)) || 0);
}

/** The spec of a list's items. They are called by the list's own text item.… */
export function itemOf(spec) {
  return { ...specOf(spec.items ?? {}, spec.owner, spec.name), isItem: true };
}

/** The forms among which the property `spec.by` decides: [{value, spec}]. */
export function variantsOf(spec) {
  return spec.oneOf.map((schema) => {
    const variant = specOf(schema, spec.owner, spec.name);
    return { value: resolved(variant.properties[spec.by]).const, spec: variant };
  });
}

/** Which variant `value` is of; the first when it is of none. */
export function variantFor(spec, value) {
  const variants = variantsOf(spec);
  return (variants.find((variant) => variant.value === value?.[spec.by]) ?? variants[0]).spec;
}

/** What a field is called. */
export function titleOf(spec) {
  const key = wordsFor("field", spec);
  return has(key) ? t(key) : (spec.title ?? spec.name);
}

/** What one of a list's items is called. */
export function itemTitleOf(spec) {
  const key = wordsFor("item", spec);
  return has(key) ? t(key) : titleOf(spec);
}

/** What one of the values of a choice is called. */
export function optionOf(spec, value) {
  const key = wordsFor("option", spec, `.${value}`);
  return has(key) ? t(key) : String(value);
}

/** The sentence of help below a field, or "". */
export function hintOf(spec) {
  const key = wordsFor("hint", spec);
  return has(key) ? t(key) : "";
}

/** The key of a schema's own words, or else of those that are said for any schema's property of this name. */
function wordsFor(sort, { key, name }, more = "") {
  const own = `${sort}.${key}${more}`;
  return has(own) ? own : `${sort}.${ANY}.${name}${more}`;
}

/** What a new value starts as. */
export function startOf(spec) {
  if (spec.default !== undefined) return spec.default;
  return spec.kind === "fixed" ? spec.const : undefined;
}

function resolved(schema) {
  const { $ref, anyOf, oneOf, allOf, ...rest } = schema;
  if ($ref)
    return { ...resolved(components[$ref.slice(REF.length)] ?? {}), ...rest, schemaName: $ref.slice(REF.length) };
  if (allOf?.length === 1) return { ...resolved(allOf[0]), ...rest };
  const choices = anyOf ?? oneOf;
  if (!choices) return plain(rest);
  const filled = choices.filter((choice) => choice.type !== "null");
  const nullable = filled.length < choices.length;
  if (filled.length === 1) return { ...resolved(filled[0]), ...rest, nullable };
  return { ...rest, nullable, oneOf: filled, by: schema.discriminator?.propertyName };
}

function plain(schema) {
  const types = [schema.type].flat();
  const type = types.find((name) => name !== "null");
  return { ...schema, type, nullable: types.includes("null"), ...bounds(schema) };
}

/** Bounds may come by pydantic's own short names, where the standard's were lost on the way. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, ge, le, gt, lt, type }) {
  const one = type === "integer" ? 1 : 0;
  const above = exclusiveMinimum ?? gt;
  const below = exclusiveMaximum ?? lt;
  return {
    minimum: minimum ?? ge ?? (above === undefined ? undefined : above + one),
    maximum: maximum ?? le ?? (below === undefined ? undefined : below - one),
  };
}

/** So end the names of amounts in the smallest unit of the shop's currency. */
const MINOR = "_minor";
const BY_FORMAT = { "date-time": "moment", date: "date", time: "time" };

function kindOf(spec, name) {
  if (spec.const !== undefined) return "fixed";
  if (spec.oneOf) return spec.by ? "variant" : "unknown";
  if (spec.enum) return "choice";
  if (spec.type === "string") return BY_FORMAT[spec.format] ?? "text";
  if (spec.type === "array") return resolved(spec.items ?? {}).enum ? "checks" : "list";
  if (spec.type === "object") return objectKind(spec);
  if (spec.type === "integer" && name.endsWith(MINOR)) return "money";
  return ["integer", "number", "boolean"].includes(spec.type) ? spec.type : "unknown";
}

function objectKind(spec) {
  if (spec.properties) return "object";
  return resolved(spec.additionalProperties || {}).type === "string" ? "localized" : "unknown";
}
