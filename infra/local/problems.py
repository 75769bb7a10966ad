"""What the front door itself has to refuse, as problem+json in the caller's language."""

import json
from dataclasses import dataclass
from http import HTTPStatus

_TEXTS = {
    "malformed": (400, "Malformed request", "This request cannot be read.", "无法读取该请求。"),
    "forbidden": (403, "Forbidden", "This is for the demo page on this machine only.", "仅限本机的演示页面使用。"),
    "not_found": (404, "Not found", "There is nothing here.", "这里什么也没有。"),
    "method_not_allowed": (405, "Method not allowed", "This method is not for this address.", "该地址不支持此方法。"),
    "length_required": (411, "Length required", "Say how long the body is.", "请注明请求体的长度。"),
    "too_large": (413, "Too large", "The body is over 1 MB.", "请求体超过 1 MB。"),
    "unsupported_media_type": (415, "Unsupported media type", "Send JSON.", "请发送 JSON。"),
    "internal": (500, "Internal error", "Something broke; the terminal says what.", "出错了，详情见终端。"),
    "service_unavailable": (
        502,
        "Service unavailable",
        "This service is restarting or does not start; the terminal says why. Try again in a moment.",
        "该服务正在重启或未能启动，原因见终端。请稍后再试。",
    ),
    "not_ready": (503, "Not ready", "The shop is still being set up.", "店铺仍在准备中，请稍候。"),
    "timeout": (504, "Timed out", "The service took longer than 29 seconds.", "该服务超过 29 秒未响应。"),
}
KEPT = frozenset({"allow", "retry-after"})
"""What a refusal of the framework's own says beside its form."""
CODES = {status: code for code, (status, *_) in _TEXTS.items()}


@dataclass(frozen=True)
class Reply:
    """An answer of the front door: status, headers, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def json_reply(value: object, status: int = 200, *, kind: str = "application/json") -> Reply:
    """A JSON answer that nobody keeps a copy of."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, (("Content-Type", kind), ("Cache-Control", "no-store")), body)


def problem(code: str, accept_language: str | None) -> Reply:
    """The refusal ``code``; its ``detail`` is Chinese where the caller asks for it first, else English."""
    status, title, english, chinese = _TEXTS[code]
    detail = chinese if (accept_language or "").strip().lower().startswith("zh") else english
    body = {
        "type": f"urn:regulars:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return json_reply(body, status, kind="application/problem+json")


def api_problem(code: str, accept_language: str | None) -> Reply:
    """:func:`problem`, where pages of other hosts may ask."""
    reply = problem(code, accept_language)
    return Reply(reply.status, (*reply.headers, ("Access-Control-Allow-Origin", "*")), reply.body)


def in_our_form(answer: Reply, accept_language: str | None) -> Reply:
    """A service's answer; what Chalice refuses by itself gets our form, as gateway responses do deployed."""
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    if answer.status < HTTPStatus.BAD_REQUEST or "problem+json" in kind:
        return answer
    refusal = api_problem(CODES.get(answer.status, "internal"), accept_language)
    kept = tuple(pair for pair in answer.headers if pair[0].lower() in KEPT)
    return Reply(refusal.status, (*refusal.headers, *kept), refusal.body)
