"""What the plot scripts share: reading reports and samples, decoding histograms, one look, one command line."""
import sys

PARTS = ("backends", "backends.backend_agg", "collections", "figure", "lines", "patches", "ticker")

try:
    import matplotlib  # noqa: F401
    import numpy  # noqa: F401
except ImportError as error:
    if {"-h", "--help"} & set(sys.argv[1:]):  # which draws nothing
        from unittest import mock
        for name in ("numpy", "matplotlib", *(f"matplotlib.{part}" for part in PARTS)):
            sys.modules[name] = mock.MagicMock()
    else:
        sys.exit(f"{sys.executable} has no {error.name}: run the script by itself, which takes Debian's /usr/bin/python3, "
                 "with the package python3-matplotlib")
