/** What can go wrong with a request, as one kind of error. */

const TIMEOUT_MS = 15_000;

/**
 * A request that did not work. `code` is the API's, or ours: network, timeout, unexpected. `detail` is the API's own
 * sentence, in the operator's language. `errors` are its {pointer, message}. `uncertain`: it may have been done.
 */
export class Failure extends Error {
  constructor(code, { status = 0, detail = "", errors = [], requestId = null } = {}) {
    super(detail || code);
    Object.assign(this, { name: "Failure", code, status, detail, errors, requestId });
    this.uncertain = status === 0 || status >= 500;
  }
}

/** The failure an answer stands for; `problem` is its problem+json, or null for a gateway's own page. */
export function failureOf(status, problem) {
  const code = problem?.code ?? (status === 401 ? "unauthenticated" : "unexpected");
  return new Failure(code, {
    status,
    detail: problem?.detail,
    errors: problem?.errors ?? [],
    requestId: problem?.request_id,
  });
}

/** Run `work(signal)` and give up in time. Whatever breaks on the way comes out as a Failure. */
export async function within(work) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(stop.signal.aborted ? "timeout" : "network");
  } finally {
    clearTimeout(timer);
  }
}
