/** The shop's checkout: how many of each tea, and one button that pays. */

import { h, patch } from "/widgets/v1/dom.js";

const MOST = 9;
const STATES = { paying: "checkout.paying", paid: "checkout.paid", failed: "checkout.failed" };

/** Money in minor units, in the reader's language. */
export function money(minor, currency, language) {
  const whole = minor % 100 === 0;
  const form = { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: whole ? 0 : 2 };
  return new Intl.NumberFormat(language, form).format(minor / 100);
}

export class Checkout {
  #place;
  #pay;
  #teas = [];
  #currency = "CNY";
  #basket = {};
  #state = "";
  #language = "en";
  #t = null;

  /** `place` takes the button; each tea's stepper goes into its `[data-tea]`. `pay(basket)` resolves to an order id or
   * null. */
  constructor(place, pay) {
    this.#place = place;
    this.#pay = pay;
  }

  speak(language, t) {
    this.#language = language;
    this.#t = t;
    this.#draw();
  }

  offer(teas, currency) {
    this.#teas = teas ?? [];
    this.#currency = currency;
    this.#draw();
  }

  #draw() {
    if (this.#t === null || this.#teas.length === 0) return;
    for (const tea of this.#teas) patch(document.querySelector(`[data-tea="${tea.id}"]`), this.#stepper(tea));
    const total = this.#teas.reduce((sum, tea) => sum + tea.price_minor * (this.#basket[tea.id] ?? 0), 0);
    const amount = money(total, this.#currency, this.#language);
    patch(this.#place, [
      h(
        "button",
        { type: "button", class: "pay", "aria-disabled": String(total === 0 || this.#state === "paying"), onclick: () => this.#buy(total) },
        total === 0 ? this.#t("checkout.choose") : this.#t("checkout.pay", { amount }),
      ),
      h("p", { class: "soft", role: "status" }, this.#state && this.#t(STATES[this.#state])),
    ]);
  }

  #stepper(tea) {
    const count = this.#basket[tea.id] ?? 0;
    const name = tea.name[this.#language];
    const step = (by, label, sign) =>
      h(
        "button",
        {
          type: "button",
          key: sign,
          "aria-label": this.#t(label, { name }),
          "aria-disabled": String(count + by < 0 || count + by > MOST),
          onclick: () => this.#put(tea.id, count + by),
        },
        sign,
      );
    return [
      h("span", { key: "price", class: "price" }, money(tea.price_minor, this.#currency, this.#language)),
      h(
        "span",
        { key: "stepper", class: "stepper" },
        step(-1, "checkout.less", "−"),
        h("output", { key: "count" }, String(count)),
        step(1, "checkout.more", "+"),
      ),
    ];
  }

  #put(tea, count) {
    if (count < 0 || count > MOST || this.#state === "paying") return;
    this.#basket = { ...this.#basket, [tea]: count };
    this.#state = "";
    this.#draw();
  }

  async #buy(total) {
    if (total === 0 || this.#state === "paying") return;
    this.#state = "paying";
    this.#draw();
    const order = await this.#pay(this.#basket);
    if (order !== null) this.#basket = {};
    this.#state = order === null ? "failed" : "paid";
    this.#draw();
  }
}
