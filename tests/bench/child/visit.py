"""One check-in as API Gateway hands it to a function."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

PATH = "/v1/activities/{activity_id}/participations"


class Context:
    """What Lambda tells a function of itself."""

    function_name = "bench"
    function_version = "1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    memory_limit_in_mb = 1769
    aws_request_id = "request"
    log_group_name = "group"
    log_stream_name = "stream"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


CONTEXT = Context()


def token(shop: Mapping[str, str]) -> str:
    """A shopper's token that is good for ten minutes, signed with the shop's own key."""
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT", "kid": shop["key_id"]}
    claims = {"aud": shop["id"], "sub": shop["customer"], "iat": now, "exp": now + 600}
    signed = b".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return (signed + b"." + _encoded(hmac.digest(shop["secret"].encode(), signed, hashlib.sha256))).decode()


def event(bearer: str, key: str) -> dict[str, Any]:
    """The request of a proxy integration."""
    path = PATH.replace("{activity_id}", "daily")
    headers = {
        "Accept": "application/json",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
        "Authorization": f"Bearer {bearer}",
        "Content-Type": "application/json",
        "Host": "api.execute-api.us-east-1.amazonaws.com",
        "Idempotency-Key": key,
        "User-Agent": "Mozilla/5.0",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": PATH,
        "path": f"/activities{path}",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"activity_id": "daily"},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.execute-api.us-east-1.amazonaws.com",
            "httpMethod": "POST",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "Mozilla/5.0"},
            "path": f"/activities{path}",
            "protocol": "HTTP/1.1",
            "requestId": "request",
            "requestTimeEpoch": 1,
            "resourceId": "resource",
            "resourcePath": PATH,
            "stage": "activities",
        },
        "body": '{"input": {}}',
        "isBase64Encoded": False,
    }


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
