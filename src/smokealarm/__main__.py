"""`python -m smokealarm` is `smokealarm`."""

import sys

from smokealarm.start import main

sys.exit(main())
