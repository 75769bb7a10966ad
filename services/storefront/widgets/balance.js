/** `<regulars-balance shop token-url>`: the customer's points, up to date the moment they move. */

import { onPointsMoved } from "./bus.js";
import { read } from "./core.js";
import { writeDay } from "./days.js";
import { h } from "./dom.js";
import { define, RegularsElement } from "./element.js";
import { leaf } from "./icons.js";
import { writeMoney } from "./money.js";
import { sheet } from "./style.js";

const COUNT_UP_MS = 600;
export const WHOLE_DATE = { year: "numeric", month: "long", day: "numeric" };

export const BALANCE = sheet(`
.card { background: var(--_tint); border-color: transparent; }
.stack { gap: 0.35em; }
.amount { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.4em; }
.money { margin-inline-start: auto; color: var(--_soft); font-variant-numeric: tabular-nums; }
.value { font-family: var(--regulars-title-font, inherit); font-size: 2.75em; font-weight: 650; line-height: 1.1;
  letter-spacing: -0.02em; font-variant-numeric: tabular-nums; color: var(--_accent); }
.head .icon { color: var(--_accent); width: 1.6em; height: 1.6em; }
.more { margin: 0.35em 0 0; padding: 0; list-style: none; font-size: 0.9em; color: var(--_ink); display: grid;
  gap: 0.2em; }
.more .alert { color: var(--_alert); }
.bone { background: var(--_surface); }
`);

export class RegularsBalance extends RegularsElement {
  static sheets = [BALANCE];

  shown = null; // the figure on the screen while it counts up
  #frame = 0;

  connected(signal) {
    onPointsMoved((detail) => this.#heard(detail), signal);
    signal.addEventListener("abort", () => this.#stopCounting());
  }

  forget() {
    this.#stopCounting();
    super.forget();
  }

  load(visiting) {
    return visiting ? {} : read(this.source, "/points/v1/me/account");
  }

  skeleton() {
    return ["line", "short"].map((shape) => h("span", { key: shape, class: `bone ${shape}`, part: "skeleton" }));
  }

  visitorView() {
    return [
      this.heading(this.t("balance.title"), leaf()),
      h("p", { class: "soft" }, this.t("balance.visitor")),
      this.loginLink(),
    ];
  }

  view(account) {
    const details = this.#details(account);
    return [
      this.heading(this.t("balance.title"), leaf()),
      this.figure(account),
      details.length > 0 && h("ul", { class: "more", part: "details" }, details),
    ];
  }

  /** What can be spent, and what it is worth where the shop says so. */
  figure({ available, money_value: worth }) {
    const shown = this.number(this.shown ?? available);
    const money = worth && this.t("balance.worth", { money: writeMoney(worth, this.language) });
    return h(
      "p",
      { key: "figure", class: "amount" },
      h("span", { class: "value", part: "value", "aria-hidden": "true" }, shown),
      h("span", { class: "soft", "aria-hidden": "true" }, this.t("balance.unit", { count: available })),
      // Counting up is for the eye; a screen reader hears the sum once.
      h("span", { class: "unseen", role: "status" }, this.t("prize.points", { count: available })),
      money && h("span", { key: "money", class: "money", part: "money" }, money),
    );
  }

  #details({ pending, held, debt, expiring }) {
    const next = expiring[0];
    const when = next && writeDay(next.at, this.language, WHOLE_DATE);
    return [
      pending > 0 && h("li", { key: "pending" }, this.t("balance.pending", { count: pending })),
      held > 0 && h("li", { key: "held" }, this.t("balance.held", { count: held })),
      debt > 0 && h("li", { key: "debt", class: "alert" }, this.t("balance.debt", { count: debt })),
      next && h("li", { key: "next" }, this.t("balance.expiring", { count: next.points, when })),
    ].filter(Boolean);
  }

  #heard(detail) {
    if (detail.shop !== this.shop) return;
    if (!detail.from_other_tab && Number.isInteger(detail.balance) && this.data !== null && !this.visiting)
      this.#show(detail.balance);
    this.refresh();
  }

  #show(available) {
    const before = this.shown ?? this.data.available ?? 0;
    this.outdate();
    this.data = { ...this.data, available };
    this.#stopCounting();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.visibilityState !== "visible";
    if (still || before === available) this.update();
    else this.#count(before, available, performance.now());
  }

  #count(from, to, since) {
    const step = (now) => {
      const done = Math.min(1, Math.max(0, (now - since) / COUNT_UP_MS));
      this.shown = done < 1 ? Math.round(from + (to - from) * (1 - (1 - done) ** 3)) : null;
      this.update();
      if (done < 1) this.#frame = requestAnimationFrame(step);
    };
    step(since);
  }

  #stopCounting() {
    cancelAnimationFrame(this.#frame);
    this.shown = null;
  }
}

define("regulars-balance", RegularsBalance);
