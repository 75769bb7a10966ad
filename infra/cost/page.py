"""The bill as tables that read the same on a terminal and as Markdown. Pure."""

from collections.abc import Sequence

from infra.cost import bill, operations, prices
from infra.cost.bill import OPERATIONS, Bill
from infra.cost.operations import ASSUMED, Operation

SCALES = (1, 10, 100, 1_000, 10_000, 100_000)
SHOPS, MEMBERS = 100, 1_000
GATEWAY_RATE = 200
"""Requests a second that each API lets through: infra/package/service-base.yaml."""

INTRODUCTION = f"""\
# What it costs on AWS

Written by `make cost ARGS=--write`. `make cost SHOPS=500 MEMBERS=2000` prints it for yours.

Units, calls and sizes are counted by the tests and compared with this table. **Prices are AWS's public on-demand list
prices for us-east-1, as of November 2026, and nothing looks them up: check them before you rely on a sum.** Free tiers,
volume discounts, savings plans, support and taxes are left out. Nothing was measured on AWS; what no test can count is
assumed, and on the high side:

- Lambda bills {ASSUMED.handler_ms:g} ms of our own, {ASSUMED.call_ms:g} ms for a call, {ASSUMED.transaction_ms:g} ms \
for a transaction; {ASSUMED.cold_share:.0%} of invocations begin with {ASSUMED.cold_ms:g} ms of start.
- An invocation logs {ASSUMED.log_bytes:,} bytes, kept for {ASSUMED.log_months} months; an answer of the API has \
{ASSUMED.answer_bytes:,}. X-Ray records {ASSUMED.traced_share:.0%}.
- The shop's pages are on another host than the API: each request of a browser is preceded by a question (CORS), billed
  like the request.
- Batches hold one message, and no process remembers a shop from the visit before: busy shops pay less than this.
"""
BEHAVIOUR = """\
## A month

A day of a shop's members, by assumption: {visit:.0%} come, see page, activity, account, catalogue
and inbox, and check in; {new:.1%} do so for the first time. {make_up:.0%} make up a day, {statement:.0%} read their \
statement, {chat:.0%} ask something:
{messages} messages with the answers. **In a month a member makes {orders:g} orders and {redemptions:g} redemptions.** \
An order is told of
as paid, shipped, delivered and completed, {placed:.0%} of them as placed before; {taken_back:.0%} are cancelled or \
refunded in part,
{repeated:.0%} of events come twice. {delivered:.0%} of redemptions are delivered by the shop, and {cancelled:.0%} of \
these cancelled; the others are codes.
Orders are of up to 1 KB: about five lines. {expiries:g} times a month points of a member expire. A month has {days} \
days; it
is the twelfth, and the tables hold a year.
"""
LIMITS = f"""\
Requests a second are those to the busiest API, on average over 16 hours; peaks are higher. From {GATEWAY_RATE} on,
`ThrottlingRateLimit` and the account's quotas must be raised.
"""
LEFT_OUT = """\
## Not counted

The console and the operators' reads, profiles, signed links, customers' own lists of orders and redemptions, quotes,
points that wait for a day (two write units an order), rewards paid with money, a customer's first secret (one write,
one key), refused requests (they read one batch and write nothing), retries, CloudFront's function on the site's pages
($0.10 a million), the daily copy of the wrapped keys in prod, e-mail of alarms. Reading DynamoDB's streams costs
nothing when Lambda reads. Chat is kept for 400 days, entries, orders, redemptions and scores for ever: storage goes on
growing.
"""


def text(shops: int = SHOPS, members: int = MEMBERS) -> str:
    """The whole page."""
    one = Bill(shops, members)
    parts = [
        INTRODUCTION,
        "## Each operation\n",
        _operations(),
        "A million of each, with its share of everything that is paid by use. Of chat, a million messages.\n",
        _behaviour(one),
        f"### {shops:,} {_plural(shops, 'shop')} with {members:,} {_plural(members, 'member')} each\n",
        _lines(one),
        f"### From 1 to {SCALES[-1]:,} shops with {members:,} {_plural(members, 'member')} each\n",
        _scales(members),
        LIMITS,
        "## Prices\n",
        _prices(),
        LEFT_OUT,
    ]
    return "\n".join(parts)


def _behaviour(one: Bill) -> str:
    day = one.behaviour
    return BEHAVIOUR.format(
        visit=day.visit,
        new=day.new,
        make_up=day.make_up,
        statement=day.statement,
        chat=day.chat,
        messages=day.chat_messages,
        orders=day.orders_a_month,
        redemptions=day.redemptions_a_month,
        placed=day.placed,
        taken_back=day.taken_back,
        repeated=day.repeated,
        delivered=day.delivered,
        cancelled=day.cancelled,
        expiries=day.expiries_a_month,
        days=bill.DAYS,
    )


def _operations() -> str:
    heads = ("operation", "writes", "reads", "API", "SQS", "KMS", "Lambda ms", "MB", "$ a million")
    return _table(heads, [_operation(each) for each in OPERATIONS])


def _operation(each: Operation) -> Sequence[str]:
    figures = (each.writes, each.reads, each.requests, each.sqs, each.kms, each.ms)
    memory = f"{each.memory_mb:,}" if each.ms else "0"
    return (each.name, *(f"{figure:g}" for figure in figures), memory, f"{each.usd_per_million:,.2f}")


def _lines(one: Bill) -> str:
    people = one.shops * one.members
    lines = [(service, f"{usd:,.2f}") for service, usd in one.usd_by_service.items()]
    at_rest = f"{operations.total(bill.at_rest()):,.2f}"
    sums = [
        ("**together**", f"{one.usd:,.2f}"),
        ("of it, with no visitor at all", at_rest),
        ("a shop", f"{one.usd / one.shops:,.4f}"),
        ("a thousand members", f"{one.usd / people * 1_000:,.4f}"),
    ]
    return _table(("service", "$ a month"), [*lines, *sums])


def _scales(members: int) -> str:
    heads = (
        "shops",
        "check-ins a month",
        "orders a month",
        "requests/s",
        "GB kept",
        *prices.SERVICES,
        "together",
        "a shop",
    )
    return _table(heads, [_scale(Bill(shops, members)) for shops in SCALES])


def _scale(one: Bill) -> Sequence[str]:
    check_ins = bill.DAYS * (one.daily[operations.CHECK_IN] + one.daily[operations.FIRST_CHECK_IN])
    orders = one.behaviour.orders_a_month * one.shops * one.members
    lines = [f"{usd:,.2f}" for usd in one.usd_by_service.values()]
    use = (
        f"{one.shops:,}",
        f"{check_ins:,.0f}",
        f"{orders:,.0f}",
        f"{one.requests_per_second:,.1f}",
        f"{one.kept_gb:,.1f}",
    )
    return (*use, *lines, f"{one.usd:,.2f}", f"{one.usd / one.shops:,.4f}")


def _prices() -> str:
    rows = [(each.service, each.what, f"{each.usd:g}", f"{each.per:,}") for each in prices.PRICES]
    return _table(("service", "what", "$", "for"), rows)


def _plural(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need: words to the left, figures to the right."""
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(cell[:1].isdigit() for cell in column[1:]) for column in columns]
    rule = [f"{'-' * (width - 1)}{':' if figures else '-'}" for width, figures in zip(widths, right, strict=True)]
    return "".join(f"{_row(cells, widths, right)}\n" for cells in (heads, rule, *rows))


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = (
        cell.rjust(width) if figures else cell.ljust(width)
        for cell, width, figures in zip(cells, widths, right, strict=True)
    )
    return f"| {' | '.join(placed)} |"
