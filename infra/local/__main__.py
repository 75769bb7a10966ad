"""`python -m infra.local`: a module of this name is not run again in every process that the stack forks."""

import sys

from infra.local.run import main

if __name__ == "__main__":
    sys.exit(main())
