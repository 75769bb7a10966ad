"""HTTP as every service speaks it: routes that declare what goes in and out, problems, cursors."""

from shared.http.api import Api
from shared.http.contract import Answer, Call, Contract, Paging
from shared.http.routes import Routes

__all__ = ["Answer", "Api", "Call", "Contract", "Paging", "Routes"]
