/**
 * `<regulars-account shop token-url statement>`: the points and where they come from and go.
 *
 * What can be spent and its worth, what waits and why, what expires when, the tier, and a statement with a reason for
 * every line. `statement="closed"` begins with the statement folded; nothing of it is fetched before it is opened.
 */

import { ACCOUNT } from "./account-style.js";
import { BALANCE, RegularsBalance } from "./balance.js";
import { expiries, line, tier, waiting } from "./account-parts.js";
import { h } from "./dom.js";
import { define } from "./element.js";
import { leaf, letter, open as openIcon } from "./icons.js";
import { Pages } from "./pages.js";

/** Where an account tells no money, and yet a tier counts it. */
const SHOP_CURRENCY = "CNY";

export class RegularsAccount extends RegularsBalance {
  static sheets = [BALANCE, ACCOUNT];

  unfolded = null; // whether the statement is open; null: as the attribute says
  allDates = false; // every date at which points expire, not only the next ones
  #statement = new Pages(this, "statement", "/points/v1/me/entries");

  forget() {
    Object.assign(this, { unfolded: null, allDates: false });
    super.forget();
  }

  get isOpen() {
    return this.unfolded ?? this.getAttribute("statement") !== "closed";
  }

  get cardClass() {
    return "card account";
  }

  async load(visiting) {
    if (visiting) return {};
    const wanted = this.isOpen;
    const [account, statement] = await Promise.all([super.load(false), wanted ? this.#statement.first() : null]);
    return { ...account, statement: statement ?? this.#statement.list };
  }

  skeleton() {
    return h("div", { key: "top", class: "top stack" }, super.skeleton());
  }

  visitorView(data) {
    return h("div", { key: "top", class: "top stack" }, super.visitorView(data));
  }

  view(account) {
    const words = { t: this.t, language: this.language };
    return [
      h(
        "div",
        { key: "top", class: "top stack" },
        this.heading(this.t("balance.title"), leaf()),
        this.figure(account),
        waiting(account, words),
      ),
      tier(account.tier, words, account.tier?.currency ?? account.money_value?.currency ?? SHOP_CURRENCY),
      expiries(account.expiring, words, this.allDates, () => this.#showAllDates()),
      this.#statementPart(account.statement),
    ];
  }

  #statementPart(statement) {
    return h(
      "section",
      { key: "statement", class: "part", part: "statement" },
      h(
        "button",
        {
          type: "button",
          class: "fold",
          "aria-expanded": this.isOpen ? "true" : "false",
          onclick: () => this.toggleStatement(),
        },
        h("span", {}, this.t("account.statement")),
        openIcon(),
      ),
      this.isOpen && (statement ? this.#lines(statement) : this.#waitingForLines()),
    );
  }

  #waitingForLines() {
    return h("p", { key: "wait", class: "soft", role: "status" }, this.t("list.loading"));
  }

  #lines({ items }) {
    if (items.length === 0)
      return h(
        "div",
        { key: "empty", class: "empty", part: "empty" },
        letter(),
        h("p", {}, this.t("account.empty")),
        h("p", { class: "soft" }, this.t("account.empty_next")),
      );
    const words = { t: this.t, number: (value) => this.number(value), moment: (at) => this.moment(at) };
    return [
      h("ul", { key: "lines", class: "lines", part: "list" }, items.map((item) => line(item, words))),
      this.#statement.button(this.t("account.more")),
    ];
  }

  /** Open or fold the statement. */
  toggleStatement() {
    this.unfolded = !this.isOpen;
    this.update();
    if (this.unfolded) this.refresh();
  }

  #showAllDates() {
    this.allDates = true;
    this.update();
  }
}

define("regulars-account", RegularsAccount);
