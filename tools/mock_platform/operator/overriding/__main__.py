"""`python3 -m mock_platform.operator.overriding`: the program, as a Job's containers call it."""

import sys

from mock_platform.operator.overriding.program import main

if __name__ == "__main__":
    sys.exit(main())
