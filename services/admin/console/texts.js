/** The console's sentences. One flat catalogue a language, beside this file; the order of its fields is the forms'. */

import { within } from "./failure.js";

export const LANGUAGES = ["zh-CN", "en"];

/** How each language calls itself. */
export const NAMES = { "zh-CN": "中文", en: "English" };

const KEPT = "regulars.console.language";

let catalogue = {};
let spoken = "en";
let plurals = new Intl.PluralRules("en");
let order = new Map();

/** The language in use. */
export function language() {
  return spoken;
}

/** The language chosen before, else the browser's: any Chinese is zh-CN, anything else English. */
export function preferredLanguage() {
  const kept = localStorage.getItem(KEPT);
  return LANGUAGES.includes(kept) ? kept : /^zh\b/i.test(navigator.language) ? "zh-CN" : "en";
}

/** Speak `wanted` from now on, and remember it. */
export async function speak(wanted) {
  catalogue = await within(async (signal) => {
    const answer = await fetch(new URL(`./texts/${wanted}.json`, import.meta.url), { signal });
    return answer.json();
  });
  spoken = wanted;
  plurals = new Intl.PluralRules(wanted);
  order = new Map(Object.keys(catalogue).map((key, place) => [key, place]));
  localStorage.setItem(KEPT, wanted);
  document.documentElement.lang = wanted;
}

/** Whether there is such a sentence. */
export function has(key) {
  return key in catalogue;
}

/** The sentence `key` with its values; `values.count` chooses the plural. Numbers are written as the language does. */
export function t(key, values = {}) {
  const form = typeof values.count === "number" ? catalogue[`${key}_${plurals.select(values.count)}`] : undefined;
  const sentence = form ?? catalogue[`${key}_other`] ?? catalogue[key] ?? key;
  return sentence.replace(/\{\{(\w+)\}\}/g, (_, name) => written(values[name]));
}

/** Where in the catalogue a key stands; unknown ones come last. */
export function placeOf(key) {
  return order.get(key) ?? Infinity;
}

/** A shop's own text in the language in use, else in any. */
export function pick(localized) {
  return localized?.[spoken] || Object.values(localized ?? {}).find((text) => text) || "";
}

function written(value) {
  return typeof value === "number" ? new Intl.NumberFormat(spoken).format(value) : (value ?? "");
}
