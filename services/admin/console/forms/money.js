/** A field for money: written with its decimals, as people do, and sent in the currency's smallest unit. */

import { el } from "../dom.js";
import { currencySign, digitsOf, money } from "../format.js";
import { t } from "../texts.js";
import { single } from "./field.js";
import { hintOf } from "./schema.js";

/** `value` is in the smallest unit, as is what `read` gives; what cannot be read as money comes out as it was typed. */
export function moneyField(spec, value) {
  const digits = digitsOf();
  const shown = typeof value === "number" ? (value / 10 ** digits).toFixed(digits) : (value ?? "");
  const look = { type: "text", inputmode: "decimal", autocomplete: "off", class: "number" };
  const control = el("input", { ...look, value: shown });
  const read = () => {
    const text = control.value.trim();
    if (text === "") return spec.nullable ? null : undefined;
    return minorOf(text, digits) ?? text;
  };
  const check = () => {
    if (control.value.trim() === "") return spec.nullable || spec.optional ? null : t("check.missing");
    return checkMoney(spec, read());
  };
  const [own, unit] = [hintOf(spec), t("form.money", { sign: currencySign() })];
  return single(spec, control, { read, check, hint: own ? t("text.joined", { one: own, other: unit }) : unit });
}

/** "3.2" is 320: by its digits, because 3.2 × 100 is not exact. */
function minorOf(text, digits) {
  const found = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (!found || (found[2] ?? "").length > digits) return null;
  return Number(found[1] + (found[2] ?? "").padEnd(digits, "0"));
}

function checkMoney({ minimum, maximum }, value) {
  if (typeof value !== "number") return t("check.money");
  if (value < (minimum ?? 0)) return t("check.least", { least: money(minimum) });
  return value > (maximum ?? Infinity) ? t("check.most", { most: money(maximum) }) : null;
}
