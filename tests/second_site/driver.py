"""`python driver.py FILE WORD...`: docs-test with these words; FILE gets the names of the packages it loaded."""

import json
import sys
from pathlib import Path

from docs_test.cli.main import main

file, *words = sys.argv[1:]
try:
    status = main(words)
except SystemExit as ended:
    status = ended.code
Path(file).write_text(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), encoding="utf-8")
sys.exit(status)
