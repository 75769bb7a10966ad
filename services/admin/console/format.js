/** Numbers, money and times as the language and the shop write them. */

import { language, t } from "./texts.js";

let zone = "UTC";
let currency = "CNY";

/** Write times in this IANA zone: the shop's. */
export function useZone(name) {
  zone = name;
}

export function shopZone() {
  return zone;
}

/** Write money in this currency: the shop's. */
export function useCurrency(code) {
  currency = code;
}

/** An amount in the smallest unit of the shop's currency, or of another: ¥3.20. */
export function money(amountMinor, code = currency) {
  const style = { style: "currency", currency: code, currencyDisplay: "narrowSymbol" };
  return new Intl.NumberFormat(language(), style).format(amountMinor / 10 ** digitsOf(code));
}

/** How many digits of the shop's currency stand behind the point. */
export function digitsOf(code = currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits;
}

/** The sign of the shop's currency. */
export function currencySign() {
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  return new Intl.NumberFormat(language(), style).formatToParts(0).find(({ type }) => type === "currency").value;
}

export function number(value) {
  return new Intl.NumberFormat(language()).format(value);
}

/** Yuan, without fractions. */
export function yuan(value) {
  const money = { style: "currency", currency: "CNY", currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language(), money).format(value);
}

/**
 * A fraction such as "59/120" as a percentage: 49 %. Where rounding would hide on which side of `limit` it lies
 * (also a fraction), with as many decimals as it takes.
 */
export function percent(fraction, limit = null) {
  const value = share(fraction);
  const bound = limit === null ? null : share(limit);
  let digits = 0;
  while (bound !== null && value !== bound && digits < 6 && rounded(value, digits) === rounded(bound, digits))
    digits += 1;
  const style = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
  const written = new Intl.NumberFormat(language(), style).format(value);
  return written.replace(/\s*%/, "\u202f%");
}

/** A fraction's value. */
export function share(fraction) {
  const [above, below = "1"] = String(fraction).split("/");
  return Number(above) / Number(below);
}

function rounded(value, digits) {
  return Math.round(value * 100 * 10 ** digits);
}

/** A calendar day ("2026-03-18") in words. It belongs to no zone. */
export function day(date, style = "long") {
  return new Intl.DateTimeFormat(language(), { dateStyle: style, timeZone: "UTC" }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** The shop's day at a moment, with its weekday. */
export function weekday(moment) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "full", timeZone: zone }).format(moment);
}

/** A moment (Date or RFC 3339) on the shop's clock. */
export function moment(at) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(
    new Date(at),
  );
}

/** The shop's day at a moment, as "2026-03-18". */
export function dateOf(at) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(at));
}

/** The time of day on the shop's clock, to the second. */
export function time(at) {
  return new Intl.DateTimeFormat(language(), { timeStyle: "medium", timeZone: zone }).format(new Date(at));
}

/** A span of seconds in its two largest units: "1 hr 5 min". */
export function span(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return unit(whole, "second");
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return rest ? joined(unit(minutes, "minute"), unit(rest, "second")) : unit(minutes, "minute");
  return minutes % 60
    ? joined(unit(Math.floor(minutes / 60), "hour"), unit(minutes % 60, "minute"))
    : unit(minutes / 60, "hour");
}

function unit(count, name) {
  return new Intl.NumberFormat(language(), { style: "unit", unit: name, unitDisplay: "short" }).format(count);
}

function joined(large, small) {
  return t("text.joined", { one: large, other: small });
}
