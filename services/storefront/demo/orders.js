/** The persona's latest orders behind the counter, and what the shop can do with them. */

import { h, patch } from "/widgets/v1/dom.js";
import { money } from "./checkout.js";

/** How far an order has come, in words. */
export const STATUS = {
  placed: "orders.status_placed",
  paid: "orders.status_paid",
  shipped: "orders.status_shipped",
  delivered: "orders.status_delivered",
  completed: "orders.status_completed",
  refunded: "orders.status_refunded",
  cancelled: "orders.status_cancelled",
};
const STEPS = {
  ship: "orders.ship",
  complete: "orders.complete",
  refund: "orders.refund",
  cancel: "orders.cancel",
};
const SHOWN = 3;
const DONE = new Set(["cancelled", "refunded"]);
const SHIPPED = new Set(["shipped", "delivered", "completed"]);

export class Orders {
  #place;
  #act;
  #who = null;
  #orders = [];
  #busy = null;
  #language = "en";
  #t = null;

  /** `act(order, step)` tells the shop's back end, and resolves when it was told. */
  constructor(place, act) {
    this.#place = place;
    this.#act = act;
  }

  speak(language, t) {
    this.#language = language;
    this.#t = t;
    this.#draw();
  }

  /** Show the orders of somebody (`{ persona, name }`), as they are now. */
  async show(who) {
    this.#who = who;
    const orders = await latest(who.persona);
    if (orders === null || this.#who.persona !== who.persona) return;
    this.#orders = orders;
    this.#draw();
  }

  #draw() {
    if (this.#t === null || this.#who === null) return;
    const name = this.#who.name[this.#language];
    const title = h("h3", { key: "title" }, this.#t("orders.title", { name }));
    const none = h("p", { key: "none", class: "soft" }, this.#t("orders.none"));
    const list = h("ul", { key: "list" }, this.#orders.map((order) => this.#order(order)));
    patch(this.#place, [h("article", { class: "orders" }, title, this.#orders.length === 0 ? none : list)]);
  }

  #order(order) {
    const { order_id: id, status, currency } = order;
    const paid = money(order.paid_minor, currency, this.#language);
    const back = order.refunded_minor > 0 && this.#t("orders.back", { amount: money(order.refunded_minor, currency, this.#language) });
    return h(
      "li",
      { key: id },
      h(
        "p",
        { class: "order-head" },
        h("b", {}, id),
        h("span", { class: `status ${status}` }, this.#t(STATUS[status])),
        h("span", { class: "soft" }, [paid, back].filter(Boolean).join(" · ")),
      ),
      h("p", { class: "soft" }, this.#points(order)),
      h("p", { class: "buttons" }, this.#buttons(order)),
    );
  }

  #points({ points_pending: pending, points_available: available, points_reversed: reversed }) {
    return [
      pending > 0 && this.#t("orders.pending", { count: pending }),
      available > 0 && this.#t("orders.available", { count: available }),
      reversed > 0 && this.#t("orders.reversed", { count: reversed }),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  #buttons(order) {
    if (DONE.has(order.status)) return [];
    const can = {
      ship: !SHIPPED.has(order.status),
      complete: order.status !== "completed",
      refund: order.refunded_minor < order.paid_minor,
      cancel: !SHIPPED.has(order.status),
    };
    return Object.entries(STEPS)
      .filter(([step]) => can[step])
      .map(([step, words]) =>
        h(
          "button",
          {
            key: step,
            type: "button",
            class: "small",
            "aria-label": this.#t("orders.do", { what: this.#t(words), id: order.order_id }),
            "aria-disabled": String(this.#busy !== null),
            onclick: () => this.#tell(order, step),
          },
          this.#t(words),
        ),
      );
  }

  async #tell(order, step) {
    if (this.#busy !== null) return;
    this.#busy = order.order_id;
    this.#draw();
    await this.#act(order.order_id, step);
    this.#busy = null;
    await this.show(this.#who);
  }
}

async function latest(persona) {
  try {
    const { token } = await (await fetch(`/_local/token?${new URLSearchParams({ persona })}`, { cache: "no-store" })).json();
    const answer = await fetch(`/orders/v1/me/orders?limit=${SHOWN}`, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? (await answer.json()).items : null;
  } catch {
    return null; // the service may be reloading: the next news asks again
  }
}
