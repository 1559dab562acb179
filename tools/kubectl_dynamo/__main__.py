"""`python -m kubectl_dynamo` is `kubectl dynamo`."""

import sys

from kubectl_dynamo.verbs.command import main

if __name__ == "__main__":
    sys.exit(main())
