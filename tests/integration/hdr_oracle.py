"""What a standard HdrHistogram library reads out of an encoded histogram.

The library is Debian's libhdrhistogram-java, through the command-line tool inside it: one call per percentile, each a
Java start of a third of a second.
"""

import pathlib
import subprocess
import tempfile

JAR = "/usr/share/java/hdrhistogram.jar"
LOG = """#[Histogram log format version 1.3]
"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
0.000,1.000,1.000,{}
"""


def available():
    return pathlib.Path(JAR).exists()


def _window_line(base64_text, percentile):
    """The one data line (time, count, percentile, max) of the tool's moving-window output."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "log.hlog")
        log.write_text(LOG.format(base64_text))
        subprocess.run(
            ["java", "-cp", JAR, "org.HdrHistogram.HistogramLogProcessor", "-i", str(log),
             "-o", str(pathlib.Path(folder, "out")), "-csv", "-outputValueUnitRatio", "1",
             "-mwp", str(percentile)],
            check=True, capture_output=True, timeout=60)
        lines = pathlib.Path(folder, "out.mwp").read_text().splitlines()
    data = [line.split(",") for line in lines if line[:1].isdigit()]
    if len(data) != 1:
        raise ValueError("the HdrHistogram library did not read it: " + " / ".join(lines))
    return [float(field) for field in data[0]]


def percentiles(base64_text, wanted):
    """{percentile: nanoseconds} of an encoded histogram that is not empty."""
    return {q: _window_line(base64_text, q)[2] for q in wanted}


def count(base64_text):
    """How many values an encoded histogram holds."""
    return int(_window_line(base64_text, 50)[1])
