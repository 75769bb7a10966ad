"""HTTP as every service speaks it: routes that declare what goes in and out, problems, cursors."""

from shared.http.contract import Answer, Api, Call, Contract, Paging

__all__ = ["Answer", "Api", "Call", "Contract", "Paging"]
