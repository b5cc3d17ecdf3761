"""The fixtures of the integration tests, for these too; what else is in that folder can be imported as there."""
import importlib.util
import sys
from pathlib import Path

INTEGRATION = Path(__file__).resolve().parents[1] / "integration"


def load(path):
    spec = importlib.util.spec_from_file_location("integration_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.path.append(str(INTEGRATION))
globals().update({name: value for name, value in vars(load(INTEGRATION / "conftest.py")).items()
                  if not name.startswith("_")})
