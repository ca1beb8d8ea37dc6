"""`python -m smokealarm` is `smokealarm`."""

import sys

from smokealarm.cli import main

sys.exit(main())
