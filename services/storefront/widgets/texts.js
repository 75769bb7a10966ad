/**
 * The sentences of the widgets, in the shopper's language.
 *
 * The catalogues are plain JSON beside this file, fetched once per language: a page that may call the API may fetch
 * them, with no build step and no import attributes, which older in-app browsers refuse to parse.
 */

import { failureOf, within } from "./failure.js";

const REQUEST_TIMEOUT_MS = 10_000;

export const LANGUAGES = ["en", "zh-CN"];

const HERE = new URL("./texts/", import.meta.url);

const catalogues = new Map();

/** Use `catalogue` for `language` instead of fetching it: a bundle brings its own. */
export function supplyTexts(language, catalogue) {
  catalogues.set(addressOf(language, HERE), Promise.resolve(catalogue));
}

/** The supported language nearest to `wanted` (a BCP 47 tag): any Chinese is zh-CN, anything else English. */
export function nearestLanguage(wanted) {
  return /^zh\b/i.test(wanted ?? "") ? "zh-CN" : "en";
}

/**
 * A function (key, values) → sentence for `language`. `base` is the folder's URL.
 * Keys are paths ("signin.done"); `values.count` chooses the plural; numbers are written as the language writes them.
 */
export async function loadTexts(language, base = HERE) {
  const address = addressOf(language, base);
  if (!catalogues.has(address)) catalogues.set(address, fetchCatalogue(address));
  try {
    return translator(await catalogues.get(address), language);
  } catch (failure) {
    catalogues.delete(address); // so that a retry asks again
    throw failure;
  }
}

function addressOf(language, base) {
  return new URL(`${language}.json`, base).href;
}

async function fetchCatalogue(address) {
  return within(REQUEST_TIMEOUT_MS, async (signal) => {
    const answer = await fetch(address, { credentials: "omit", signal });
    if (!answer.ok) throw failureOf(answer.status, null);
    return answer.json();
  });
}

function translator(catalogue, language) {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const find = (key) => key.split(".").reduce((node, part) => node?.[part], catalogue);
  const write = (value) => (typeof value === "number" ? numbers.format(value) : (value ?? ""));
  return (key, values = {}) => {
    const form = typeof values.count === "number" ? find(`${key}_${plurals.select(values.count)}`) : undefined;
    const sentence = form ?? find(`${key}_other`) ?? find(key) ?? key;
    return sentence.replace(/\{\{(\w+)\}\}/g, (_, name) => write(values[name]));
  };
}
