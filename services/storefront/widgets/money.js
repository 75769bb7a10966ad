/** Amounts of money, which the API tells in the smallest unit of their currency. */

/** {amount_minor: 320, currency: "CNY"} as the language writes it: ¥3.20. */
export function writeMoney({ amount_minor: amountMinor, currency }, language) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return format.format(amountMinor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
