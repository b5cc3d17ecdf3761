"""What the plot scripts share: reading reports and samples, decoding histograms, one look, one command line."""
import sys

try:
    import matplotlib  # noqa: F401
    import numpy  # noqa: F401
except ImportError as error:
    sys.exit(f"{sys.executable} has no {error.name}: run the script by itself, which takes Debian's /usr/bin/python3, "
             "with the package python3-matplotlib")
