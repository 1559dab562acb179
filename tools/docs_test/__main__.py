"""`python -m docs_test` is docs-test."""

import sys

from docs_test.cli.main import main

sys.exit(main())
