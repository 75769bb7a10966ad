/** What can go wrong between a widget and the API, as one kind of error, and what to say about it. */

/**
 * A request that did not work. `code` is the API's stable code or one of ours: network, timeout, token_unavailable,
 * unexpected.
 * `errors` are the API's {pointer, message}.
 * `uncertain` means that the server may have done what was asked: only the same Idempotency-Key may be sent again.
 */
export class Failure extends Error {
  constructor(code, { status = 0, detail = "", errors = [], retryAt = null, uncertain = false } = {}) {
    super(detail || code);
    Object.assign(this, { name: "Failure", code, status, detail, errors, retryAt, uncertain });
  }
}

/** The failure an answer stands for; `problem` is its problem+json body, or null. */
export function failureOf(status, problem) {
  const uncertain = status >= 500 || [408, 425, 429].includes(status);
  const code = problem?.code ?? (status === 401 ? "unauthenticated" : "unexpected");
  const { detail, errors, retry_at: retryAt = null } = problem ?? {};
  return new Failure(code, { status, uncertain, detail, errors, retryAt });
}

/** Run `work(signal)`, and give up after `limitMs`. Whatever breaks on the way comes out as a Failure. */
export async function within(limitMs, work) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limitMs);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(stop.signal.aborted ? "timeout" : "network", { uncertain: true });
  } finally {
    clearTimeout(timer);
  }
}

const SENTENCES = {
  network: "failure.network",
  timeout: "failure.timeout",
  token_unavailable: "failure.token",
  unauthenticated: "failure.unauthenticated",
  not_found: "failure.not_found",
  not_open: "failure.not_open",
  not_eligible: "failure.not_eligible",
  limit_reached: "failure.limit_reached",
  sold_out: "failure.sold_out",
  insufficient_points: "failure.insufficient_points",
  rate_limited: "failure.rate_limited",
};

const NEXT_STEPS = {
  unauthenticated: "next.login",
  not_found: "next.look_around",
  not_open: "next.look_around",
  not_eligible: "next.ask_shop",
  limit_reached: "next.tomorrow",
  sold_out: "next.look_around",
  insufficient_points: "next.earn",
  rate_limited: "next.wait",
};

/** The reason, in the shopper's language: the API's own sentence where there is one. */
export function reasonOf(failure, t) {
  return failure.detail || t(SENTENCES[failure.code] ?? "failure.unexpected");
}

/** What the shopper can do about it. `when` writes a time; `steps` are better ones for what a widget is about. */
export function nextStepOf(failure, t, when, steps = {}) {
  if (failure.retryAt) return t("next.from", { when: when(failure.retryAt) });
  return t(steps[failure.code] ?? NEXT_STEPS[failure.code] ?? "next.retry");
}

/** Whether asking again, as it is, can help. */
export function isWorthRetrying(failure) {
  return failure.uncertain || !(failure.code in NEXT_STEPS);
}
