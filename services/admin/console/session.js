/** Who is signed in: the key lives in this tab's sessionStorage and nowhere else. */

const KEY = "regulars.console.key";
const LEFT = "regulars.console.left";
const RANKS = { viewer: 1, editor: 2, owner: 3 };

/** The roles, the least first. */
export const ROLES = Object.keys(RANKS);

/** Tells "ended" when the API refuses the key. */
export const events = new EventTarget();

let operator = null;
let shop = null;

export function key() {
  return sessionStorage.getItem(KEY);
}

export function keep(found) {
  sessionStorage.setItem(KEY, found);
  sessionStorage.removeItem(LEFT);
}

/** Forget the key. `chosen`: the operator signed out, so the local stack must not sign them in again by itself. */
export function forget({ chosen = false } = {}) {
  sessionStorage.removeItem(KEY);
  if (chosen) sessionStorage.setItem(LEFT, "1");
  operator = shop = null;
}

export function leftByChoice() {
  return sessionStorage.getItem(LEFT) !== null;
}

export function enter(who, where) {
  operator = who;
  shop = where;
}

/** The operator, {id, name, role, shop}, and their shop as the API tells it. Null before sign-in. */
export function me() {
  return operator;
}

export function myShop() {
  return shop;
}

export function changeShop(now) {
  shop = now;
}

/** Whether the operator's role is `role` or more. */
export function can(role) {
  return (RANKS[operator?.role] ?? 0) >= RANKS[role];
}
