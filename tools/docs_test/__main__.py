"""`python -m docs_test` is docs-test."""

import sys

from docs_test.command import main

sys.exit(main())
